package dev.mneme.persistence.journal;

import dev.mneme.persistence.JournalDamagedException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The snapshots of all persistence ids. Thread-safe. */
public final class SnapshotLog {
    private final RecordStore store;

    public SnapshotLog(RecordStore store) {
        this.store = store;
    }

    /** Keeps {@code snapshot}; a snapshot of the same number and time is replaced. Durable when the future completes. */
    public CompletableFuture<?> save(String persistenceId, SnapshotRecord snapshot) {
        return store.commit(batch -> {
            batch.put(key(persistenceId, snapshot), snapshot.body());
            return true;
        });
    }

    /**
     * The snapshot with the greatest number, at most {@code mostSequenceNr}, that {@code wanted} accepts.
     *
     * @throws JournalDamagedException if a snapshot on the way is damaged
     */
    public Optional<SnapshotRecord> latest(String persistenceId, long mostSequenceNr, Predicate<SnapshotRecord> wanted) {
        Key first = Key.in(Space.SNAPSHOT).text(persistenceId);
        Key to = first.number(mostSequenceNr).number(Long.MAX_VALUE);
        while (true) {
            Optional<SnapshotRecord> found = store.last(first, to).map(record -> read(persistenceId, record));
            if (found.isEmpty() || wanted.test(found.get())) {
                return found;
            }
            to = before(first, found.get());
        }
    }

    /** Deletes the snapshots that {@code unwanted} accepts. */
    public CompletableFuture<?> delete(String persistenceId, Predicate<SnapshotRecord> unwanted) {
        Key all = Key.in(Space.SNAPSHOT).text(persistenceId);
        List<Key> keys = new ArrayList<>();
        store.scan(all, all.end(), record -> {
            SnapshotRecord snapshot = read(persistenceId, record);
            if (unwanted.test(snapshot)) {
                keys.add(key(persistenceId, snapshot));
            }
            return true;
        });
        return store.commit(batch -> {
            keys.forEach(batch::delete);
            return true;
        });
    }

    /** Removes all snapshots of {@code persistenceId}, without a sync. */
    public void forget(String persistenceId) {
        Key all = Key.in(Space.SNAPSHOT).text(persistenceId);
        store.removeUnsynced(all, all.end());
    }

    private static Key before(Key first, SnapshotRecord snapshot) {
        return snapshot.timestamp() > 0
                ? first.number(snapshot.sequenceNr()).number(snapshot.timestamp() - 1)
                : first.number(snapshot.sequenceNr());
    }

    private static SnapshotRecord read(String persistenceId, StoredRecord record) {
        try {
            return SnapshotRecord.read(record.body());
        } catch (BrokenRecordException | RecordUnreadableException e) {
            throw new JournalDamagedException(
                    persistenceId, 0, "a snapshot cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Key key(String persistenceId, SnapshotRecord snapshot) {
        return Key.in(Space.SNAPSHOT)
                .text(persistenceId)
                .number(snapshot.sequenceNr())
                .number(snapshot.timestamp());
    }
}
