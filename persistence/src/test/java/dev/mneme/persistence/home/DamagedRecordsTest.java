package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.IndexDamagedException;
import dev.mneme.persistence.JournalDamagedException;
import dev.mneme.persistence.home.JournalDamage.Kind;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.journal.Serialized;
import dev.mneme.persistence.journal.SnapshotRecord;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single records that are not what was written, past all checks of the layers below. */
class DamagedRecordsTest {
    private static final int EVENTS = 12;
    private final Diary diary = new Diary("s");

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private JournalDatabase database;

    @BeforeEach
    void open() {
        database = JournalDatabase.open(directory, Directories.NATIVE_CACHE);
        for (int number = 1; number <= EVENTS; number++) {
            diary.write(database, number).join();
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void overwrite(Key key, byte... body) {
        database.store()
                .commit(batch -> {
                    batch.put(key, body);
                    return true;
                })
                .join();
    }

    @Test
    void aDamagedEventIsNamedAndNeverServed() {
        overwrite(Key.in(Space.EVENT).text(diary.persistenceId()).number(7), (byte) 1, (byte) 2);

        assertThatThrownBy(() -> database.events().read(diary.persistenceId(), 1, EVENTS, record -> true))
                .isInstanceOfSatisfying(JournalDamagedException.class, e -> {
                    assertThat(e.persistenceId()).isEqualTo(diary.persistenceId());
                    assertThat(e.sequenceNr()).isEqualTo(7);
                })
                .hasMessageContaining("record 7 of 'session|acme|s'")
                .hasMessageContaining("mneme verify");
        assertThatThrownBy(() -> database.index("acme").tokens(new BranchId("s", 1), 3, 6))
                .isInstanceOf(JournalDamagedException.class);
        assertThat(database.index("acme").tokens(new BranchId("s", 1), 5, 10)).hasSize(5);
        assertThat(database.verify())
                .singleElement()
                .satisfies(damage -> assertThat(damage.kind()).isEqualTo(Kind.EVENT))
                .satisfies(damage -> assertThat(damage.where()).contains("session|acme|s, record 7"));
    }

    @Test
    void aMissingEventIsFound() {
        database.store()
                .commit(batch -> {
                    batch.delete(Key.in(Space.EVENT).text(diary.persistenceId()).number(7));
                    return true;
                })
                .join();

        assertThat(database.verify())
                .singleElement()
                .satisfies(damage -> assertThat(damage.where()).contains("record 7"));
        assertThatThrownBy(() -> database.index("acme").tokens(new BranchId("s", 1), 0, EVENTS - 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aDamagedIndexRowIsAnErrorUntilTheIndexesAreRebuilt() {
        List<String> sound = IndexDump.of(database);
        overwrite(Key.in(Space.HEAD).text("acme").text("s"), (byte) 1);
        SessionIndex index = database.index("acme");

        assertThatThrownBy(() -> index.head("s"))
                .isInstanceOf(IndexDamagedException.class)
                .hasMessageContaining("--repair");
        assertThatThrownBy(() -> diary.write(database, EVENTS + 1).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IndexDamagedException.class);
        assertThat(database.verify())
                .singleElement()
                .satisfies(damage -> assertThat(damage.kind()).isEqualTo(Kind.INDEX));

        database.rebuildIndexes();

        assertThat(IndexDump.of(database)).isEqualTo(sound);
        assertThat(database.verify()).isEmpty();
        diary.write(database, EVENTS + 1).join();
        assertThat(diary.checkBeginning(database)).isEqualTo(EVENTS + 1);
    }

    @Test
    void aDamagedSnapshotIsAnError() {
        database.snapshots()
                .save(diary.persistenceId(), new SnapshotRecord(3, 4, new Serialized(1, "", new byte[0])))
                .join();
        overwrite(Key.in(Space.SNAPSHOT).text(diary.persistenceId()).number(3).number(4), (byte) 1);

        assertThatThrownBy(() -> database.snapshots().latest(diary.persistenceId(), Long.MAX_VALUE, any -> true))
                .isInstanceOf(JournalDamagedException.class)
                .hasMessageContaining("snapshot");
        assertThat(database.verify())
                .singleElement()
                .satisfies(damage -> assertThat(damage.kind()).isEqualTo(Kind.SNAPSHOT));
    }
}
