package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.FormatVersions;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionEntry;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.index.TurnEnd;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import dev.mneme.persistence.journal.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole database as each version of the indexes left it, kept for good: keys, frames, events, a snapshot, every kind of
 * index row, in the files of that time's RocksDB. A failure here means that homes on users' disks can no longer be opened: never
 * replace it, add one for the new version.
 */
class GoldenDatabaseTest {
    private static final Diary DIARY = new Diary("golden");
    private static final int EVENTS = 20;
    private static final BlockEntry BLOCK = new BlockEntry(0, 0x0123456789abcdefL, -1, List.of(7L, -7L));
    private static final MemoryEdited EDIT =
            new MemoryEdited(EVENTS - 2, EditKind.PIN, "", 1, 9, Optional.of("pin"));
    private static final TurnCost COST = new TurnCost(1, 2, 3, Optional.of("why"), 4, 5, 6, 7.5, 8);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aDatabaseOfEveryVersionIsReadAsItWasMeant(int version, @TempDir Path directory) throws IOException {
        copyGolden(version, directory);

        try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            SessionIndex index = database.index("acme");
            int[] tokens = index.tokens(new BranchId("golden", 1), 0, EVENTS - 2);
            int[] expected = new int[EVENTS - 2];
            for (int position = 0; position < expected.length; position++) {
                expected[position] = DIARY.token(position);
            }
            assertThat(tokens).isEqualTo(expected);
            assertThat(index.turns(new BranchId("golden", 1))).extracting(TurnSpan::end).containsExactly(EVENTS - 2);
            assertThat(index.turn(new BranchId("golden", 1), 1).flatMap(TurnSpan::finish))
                    .contains(FinishReason.LENGTH);
            assertThat(index.turn(new BranchId("fork", 1), 1)).hasValueSatisfying(turn -> {
                assertThat(turn.before()).containsExactly(new TurnEnd(EVENTS - 2, FinishReason.CANCELLED, 2, 3));
                assertThat(turn.end()).isEqualTo(EVENTS - 1);
                assertThat(turn.finish()).isEmpty();
            });
            assertThat(index.tokens(new BranchId("fork", 1), EVENTS - 4, EVENTS - 1))
                    .containsExactly(expected[EVENTS - 4], expected[EVENTS - 3], 77);
            assertThat(index.edits(new BranchId("golden", 1), Long.MAX_VALUE))
                    .isEqualTo(version == 1 ? List.of() : List.of(EDIT));
            assertThat(index.head("golden").orElseThrow().position()).isEqualTo(0);
            assertThat(index.request("golden", "request")).isPresent();
            assertThat(index.block(new BranchId("fork", 1), 0)).isEmpty();
            assertThat(index.block(new BranchId("golden", 1), 0)).contains(BLOCK);
            assertThat(database.directory("acme").list())
                    .extracting(SessionEntry::sessionId)
                    .containsExactly("fork", "golden");
            assertThat(database.snapshots().latest(DIARY.persistenceId(), Long.MAX_VALUE, any -> true))
                    .hasValueSatisfying(snapshot ->
                            assertThat(snapshot.snapshot().sessionSnapshot()).contains(snapshot()));
            assertThat(database.verify()).isEmpty();
        }
    }

    /** These rows would be rebuilt if their version went up; while it does not, they must not have changed. */
    @Test
    void itsIndexesAreThoseThatWouldBeBuiltToday(@TempDir Path directory) throws IOException {
        copyGolden(FormatVersions.INDEX, directory);

        try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            List<String> rows = IndexDump.of(database);
            database.rebuildIndexes();
            assertThat(IndexDump.of(database)).isEqualTo(rows);
        }
    }

    private static SessionSnapshot snapshot() {
        return (SessionSnapshot) Objects.requireNonNull(Samples.byFile().get("snapshot"));
    }

    private static void copyGolden(int version, Path target) throws IOException {
        Path golden = Path.of(
                System.getProperty("mneme.rootDir"),
                "persistence",
                "src",
                "test",
                "resources",
                "golden",
                "database-" + version);
        try (Stream<Path> files = Files.list(golden)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    /** Writes such a database for a new version. The argument is a directory that is not there yet. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            for (int number = 1; number <= EVENTS; number++) {
                DIARY.write(database, number).join();
            }
            append(database, "golden", EVENTS + 1, new TurnEnded(1, EVENTS - 2, FinishReason.LENGTH, COST));
            append(
                    database,
                    "fork",
                    1,
                    new SessionForked(
                            "acme", "fork", "fork", 3, "golden", 1, EVENTS - 2, 1, Optional.of("f"), Samples.FACTS));
            append(database, "fork", 2, goOn(EVENTS - 2));
            append(database, "fork", 3, new TurnEnded(1, EVENTS - 2, FinishReason.CANCELLED, COST));
            append(database, "fork", 4, goOn(EVENTS - 2));
            append(database, "fork", 5, new TokensSampled(1, EVENTS - 2, Tokens.of(77)));
            append(database, "golden", EVENTS + 2, EDIT);
            append(database, "golden", EVENTS + 3, new Rewound(0, 0, Optional.of("r")));
            database.index("acme").putBlocks(new BranchId("golden", 1), List.of(BLOCK));
            database.snapshots()
                    .save(DIARY.persistenceId(), new SnapshotRecord(EVENTS + 3, 9, Serialized.of(snapshot())))
                    .join();
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                if (file.getFileName().toString().matches("LOG.*|LOCK|OPTIONS.*")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static TurnStarted goOn(int position) {
        return new TurnStarted(
                1,
                TurnKind.CONTINUE,
                Optional.empty(),
                position,
                Tokens.NONE,
                0,
                Samples.OPTIONS,
                Optional.empty(),
                5);
    }

    private static void append(JournalDatabase database, String session, long sequenceNr, SessionEvent event) {
        database.append(
                        new SessionPersistenceId("acme", session).text(),
                        List.of(new EventRecord(sequenceNr, Serialized.of(event), "", "writer", 1)))
                .join();
    }
}
