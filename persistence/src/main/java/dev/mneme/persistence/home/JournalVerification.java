package dev.mneme.persistence.home;

import dev.mneme.persistence.JournalOrderException;
import dev.mneme.persistence.JournalUnavailableException;
import dev.mneme.persistence.RecordException;
import dev.mneme.persistence.home.JournalDamage.Kind;
import dev.mneme.persistence.index.IndexComparison;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.SnapshotRecord;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Reads every record of a database and every block of its files, and builds its indexes anew to compare them. */
final class JournalVerification {
    private static final int LOOKS = 3;

    private final RecordStore store;
    private final Path nativeCache;
    private final List<JournalDamage> damages = new ArrayList<>();
    private String persistenceId = "";
    private long sequenceNr;

    JournalVerification(RecordStore store, Path nativeCache) {
        this.store = store;
        this.nativeCache = nativeCache;
    }

    List<JournalDamage> run() {
        files(store::verifyFiles);
        records();
        if (damages.isEmpty()) {
            indexes();
        }
        return List.copyOf(damages);
    }

    private void records() {
        for (Space space : Space.values()) {
            Key all = Key.in(space);
            files(() -> store.scan(all, all.end(), record -> {
                check(space, all, record);
                return true;
            }));
        }
    }

    /**
     * Rows that are whole, and not what the journal says, are found only by building them anew. What was written
     * meanwhile would look like a difference, so this is done again, and left out where the writing does not end.
     */
    private void indexes() {
        for (int look = 0; look < LOOKS; look++) {
            long before = store.writes();
            List<JournalDamage> found = differences();
            if (store.writes() == before) {
                damages.addAll(found);
                return;
            }
        }
    }

    private List<JournalDamage> differences() {
        try {
            Path directory = Files.createTempDirectory("mneme-verify");
            try (RecordStore scratch = RecordStore.open(directory, nativeCache)) {
                return IndexComparison.differences(store, new EventLog(store), scratch).stream()
                        .map(row -> new JournalDamage(Kind.INDEX, row, "it is not what the journal says"))
                        .toList();
            } finally {
                remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JournalOrderException e) {
            return List.of(new JournalDamage(Kind.EVENT, "journal", text(e)));
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void files(Runnable read) {
        try {
            read.run();
        } catch (JournalUnavailableException e) {
            JournalDamage damage = new JournalDamage(Kind.FILE, store.directory().toString(), text(e));
            if (!damages.contains(damage)) {
                damages.add(damage);
            }
        }
    }

    private void check(Space space, Key all, StoredRecord record) {
        Kind kind =
                switch (space) {
                    case EVENT, HIGHEST -> Kind.EVENT;
                    case SNAPSHOT -> Kind.SNAPSHOT;
                    default -> Kind.INDEX;
                };
        String where = all.textAfter(record.key());
        try {
            byte[] body = record.body();
            switch (space) {
                case EVENT -> event(where, Key.lastNumber(record.key()), body);
                case SNAPSHOT -> SnapshotRecord.read(body).snapshot().sessionSnapshot();
                default -> {}
            }
        } catch (BrokenRecordException | RecordException e) {
            String number = space == Space.EVENT ? ", record " + Key.lastNumber(record.key()) : "";
            damages.add(new JournalDamage(kind, where + number, text(e)));
        }
    }

    private void event(String id, long number, byte[] body) {
        long expected = id.equals(persistenceId) ? sequenceNr + 1 : 1;
        if (number != expected && SessionPersistenceId.parse(id).isPresent()) {
            damages.add(new JournalDamage(
                    Kind.EVENT, id + ", record " + expected, "it is missing: the next one is " + number));
        }
        persistenceId = id;
        sequenceNr = number;
        EventRecord.read(number, body).event().sessionEvent();
    }

    private static String text(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
