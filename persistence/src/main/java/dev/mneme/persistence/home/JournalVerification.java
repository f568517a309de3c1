package dev.mneme.persistence.home;

import dev.mneme.persistence.JournalUnavailableException;
import dev.mneme.persistence.RecordException;
import dev.mneme.persistence.home.JournalDamage.Kind;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.SnapshotRecord;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import java.util.ArrayList;
import java.util.List;

/** Reads every record of a database, and every block of its files. */
final class JournalVerification {
    private final RecordStore store;
    private final List<JournalDamage> damages = new ArrayList<>();
    private String persistenceId = "";
    private long sequenceNr;

    JournalVerification(RecordStore store) {
        this.store = store;
    }

    List<JournalDamage> run() {
        files(store::verifyFiles);
        for (Space space : Space.values()) {
            Key all = Key.in(space);
            files(() -> store.scan(all, all.end(), record -> {
                check(space, all, record);
                return true;
            }));
        }
        return List.copyOf(damages);
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
