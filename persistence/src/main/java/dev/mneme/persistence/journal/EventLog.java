package dev.mneme.persistence.journal;

import dev.mneme.persistence.JournalDamagedException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.rocksdb.Batch;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The events of all persistence ids, each id's in the order of their sequence numbers. Thread-safe.
 *
 * <p>Every method that reads throws {@link JournalDamagedException} at a record that is damaged.
 */
public final class EventLog {
    private final RecordStore store;

    public EventLog(RecordStore store) {
        this.store = store;
    }

    /** Puts {@code event} into {@code batch}. */
    public void append(Batch batch, String persistenceId, EventRecord event) {
        batch.put(key(persistenceId, event.sequenceNr()), event.body());
    }

    /** The event with the number {@code sequenceNr}. */
    public Optional<EventRecord> get(String persistenceId, long sequenceNr) {
        return store.get(key(persistenceId, sequenceNr)).map(record -> read(persistenceId, record));
    }

    /** Shows the events from number {@code from} to number {@code to}, both included, until {@code visitor} says no. */
    public void read(String persistenceId, long from, long to, Predicate<EventRecord> visitor) {
        if (from <= to) {
            store.scan(
                    key(persistenceId, Math.max(from, 0)),
                    key(persistenceId, to == Long.MAX_VALUE ? to : to + 1),
                    record -> visitor.test(read(persistenceId, record)));
        }
    }

    /** Shows every persistence id that has events. */
    public void persistenceIds(Consumer<String> visitor) {
        Key all = Key.in(Space.EVENT);
        Key from = all;
        while (true) {
            Optional<String> next = firstPersistenceId(all, from);
            if (next.isEmpty()) {
                return;
            }
            visitor.accept(next.get());
            from = all.text(next.get()).end();
        }
    }

    private Optional<String> firstPersistenceId(Key all, Key from) {
        String[] found = new String[1];
        store.scan(from, all.end(), record -> {
            found[0] = all.textAfter(record.key());
            return false;
        });
        return Optional.ofNullable(found[0]);
    }

    /** The highest number that an event of {@code persistenceId} ever had, 0 if there was none. */
    public long highestSequenceNr(String persistenceId) {
        long deleted = store.get(highestKey(persistenceId)).map(record -> readHighest(persistenceId, record)).orElse(0L);
        long present = store.last(key(persistenceId, 0), key(persistenceId, Long.MAX_VALUE))
                .map(record -> Key.lastNumber(record.key()))
                .orElse(0L);
        return Math.max(deleted, present);
    }

    /** Deletes the events up to number {@code to}, included. The highest number stays known. */
    public CompletableFuture<?> delete(String persistenceId, long to) {
        long highest = highestSequenceNr(persistenceId);
        long last = Math.min(to, highest);
        return store.commit(batch -> {
                    batch.put(highestKey(persistenceId), Body.of(out -> out.longCount(highest)));
                    return true;
                })
                .thenRun(() -> store.removeUnsynced(key(persistenceId, 0), key(persistenceId, last + 1)))
                // Whatever was deleted is deleted for good once the caller is told.
                .thenCompose(removed -> store.commit(batch -> {
                    batch.put(highestKey(persistenceId), Body.of(out -> out.longCount(highest)));
                    return true;
                }));
    }

    /** Removes all that is kept of {@code persistenceId}, its highest number too, without a sync. */
    public void forget(String persistenceId) {
        Key events = Key.in(Space.EVENT).text(persistenceId);
        store.removeUnsynced(events, events.end());
        Key highest = highestKey(persistenceId);
        store.removeUnsynced(highest, highest.end());
    }

    private static EventRecord read(String persistenceId, StoredRecord record) {
        long sequenceNr = Key.lastNumber(record.key());
        try {
            return EventRecord.read(sequenceNr, record.body());
        } catch (BrokenRecordException | RecordUnreadableException e) {
            throw new JournalDamagedException(persistenceId, sequenceNr, String.valueOf(e.getMessage()), e);
        }
    }

    private static long readHighest(String persistenceId, StoredRecord record) {
        try {
            return Body.read("highest sequence number", record.body(), FieldReader::longCount);
        } catch (BrokenRecordException | RecordUnreadableException e) {
            throw new JournalDamagedException(persistenceId, 0, String.valueOf(e.getMessage()), e);
        }
    }

    private static Key key(String persistenceId, long sequenceNr) {
        return Key.in(Space.EVENT).text(persistenceId).number(sequenceNr);
    }

    private static Key highestKey(String persistenceId) {
        return Key.in(Space.HIGHEST).text(persistenceId);
    }
}
