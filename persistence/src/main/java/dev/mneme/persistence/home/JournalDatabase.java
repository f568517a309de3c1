package dev.mneme.persistence.home;

import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.JournalUnavailableException;
import dev.mneme.persistence.index.IndexRebuild;
import dev.mneme.persistence.index.Indexer;
import dev.mneme.persistence.index.Reclaim;
import dev.mneme.persistence.index.SessionDirectory;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.SnapshotLog;
import dev.mneme.persistence.rocksdb.RecordStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The journal of a home with its snapshots and indexes, all in one database. One for each home; thread-safe.
 *
 * <p>An actor system writes and reads it through the plugins in {@code dev.mneme.persistence.pekko} once it was attached
 * there.
 */
public final class JournalDatabase implements AutoCloseable {
    private final RecordStore store;
    private final Path nativeCache;
    private final EventLog events;
    private final SnapshotLog snapshots;

    private JournalDatabase(RecordStore store, Path nativeCache) {
        this.store = store;
        this.nativeCache = nativeCache;
        this.events = new EventLog(store);
        this.snapshots = new SnapshotLog(store);
    }

    /**
     * Opens the database in {@code directory}, creating it if need be.
     *
     * @param nativeCache where the native library is unpacked to, once for all processes
     * @throws HomeInUseException if it is open already, here or in another process
     * @throws JournalUnavailableException if its files cannot be read or written, or are damaged
     */
    public static JournalDatabase open(Path directory, Path nativeCache) {
        RecordStore store = RecordStore.open(directory, nativeCache);
        try {
            JournalDatabase database = new JournalDatabase(store, nativeCache);
            IndexRebuild.runIfNeeded(store, database.events);
            return database;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Writes {@code records}, all or none, and the index rows that they cause. Durable when the future completes, on the
     * committing thread.
     */
    public CompletableFuture<?> append(String persistenceId, List<EventRecord> records) {
        Optional<SessionPersistenceId> session = SessionPersistenceId.parse(persistenceId);
        return store.commit(batch -> {
            for (EventRecord record : records) {
                events.append(batch, persistenceId, record);
                session.ifPresent(id -> record.event()
                        .sessionEvent()
                        .ifPresent(event -> Indexer.index(batch, id, record.sequenceNr(), event)));
            }
            return true;
        });
    }

    /** Where it lies. */
    public Path directory() {
        return store.directory();
    }

    RecordStore store() {
        return store;
    }

    public EventLog events() {
        return events;
    }

    public SnapshotLog snapshots() {
        return snapshots;
    }

    /** What the sessions of {@code tenant} hold. */
    public SessionIndex index(String tenant) {
        return new SessionIndex(store, events, tenant);
    }

    /** The names of the sessions of {@code tenant}. */
    public SessionDirectory directory(String tenant) {
        return new SessionDirectory(store, index(tenant), tenant);
    }

    /**
     * Takes back the space of the deleted session {@code sessionId}, if no fork reads it any more, and of the deleted
     * sessions that only it was reading.
     *
     * @param leaving told the id of each before it goes: what else is kept of it has to go first, or nobody would know
     *     whose it is
     * @return the ids of the sessions that are gone
     */
    public List<String> reclaim(String tenant, String sessionId, Consumer<String> leaving) {
        return new Reclaim(store, events, snapshots).reclaim(tenant, sessionId, leaving);
    }

    /** Makes the indexes anew from the journal. Nothing may be written meanwhile. */
    public void rebuildIndexes() {
        IndexRebuild.run(store, events);
    }

    /** Reads everything and says what is damaged; empty if nothing is. Nothing may be written meanwhile. */
    public List<JournalDamage> verify() {
        return new JournalVerification(store, nativeCache).run();
    }

    /** Commits what waits and closes the database. May be called again. */
    @Override
    public void close() {
        store.close();
    }
}
