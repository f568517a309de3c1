package dev.mneme.persistence.rocksdb;

import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.JournalUnavailableException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * An ordered map of keys to checksummed bodies, in one RocksDB.
 *
 * <p>All methods may be called from any thread. Changes go through {@link #commit}, which is durable when its future
 * completes. A read holds off {@link #close}, since a native read after it would end the process.
 */
public final class RecordStore implements AutoCloseable {
    private final Path directory;
    private final JournalRocksDb opened;
    private final RocksDB db;
    private final GroupCommit commits;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    private RecordStore(JournalRocksDb opened) {
        this.directory = opened.directory();
        this.opened = opened;
        this.db = opened.db();
        this.commits = new GroupCommit(db, directory);
    }

    /**
     * Opens the store in {@code directory}, creating it if need be, and recovers what a crash left in its log.
     *
     * @param nativeCache where the native library is unpacked to, once
     * @throws HomeInUseException if it is open already, here or in another process
     * @throws JournalUnavailableException if its files cannot be read or written, or are damaged
     */
    public static RecordStore open(Path directory, Path nativeCache) {
        return new RecordStore(JournalRocksDb.open(directory, nativeCache));
    }

    public Path directory() {
        return directory;
    }

    /**
     * Adds {@code change} to the next synced write. The future completes on the committing thread: with the change's
     * result once it is durable, with what the change threw, or with a {@link JournalUnavailableException}.
     */
    public <T> CompletableFuture<T> commit(Change<T> change) {
        return commits.add(change);
    }

    /** Writes {@code change} without a sync: it outlives the process, but not necessarily a power loss. */
    public <T> T writeUnsynced(Change<T> change) {
        return reading(() -> {
            try (WriteBatchWithIndex changes = new WriteBatchWithIndex(true);
                    ReadOptions reading = new ReadOptions();
                    WriteOptions unsynced = new WriteOptions()) {
                T result = change.into(new Batch(db, changes, reading));
                db.write(unsynced, changes);
                return result;
            } catch (RocksDBException e) {
                throw new JournalUnavailableException(directory, "could not be written (" + e.getMessage() + ")", e);
            }
        });
    }

    /** Removes all keys in {@code [from, to)}, without a sync. */
    public void removeUnsynced(Key from, Key to) {
        reading(() -> {
            try {
                db.deleteRange(from.bytes(), to.bytes());
                return true;
            } catch (RocksDBException e) {
                throw new JournalUnavailableException(directory, "could not be written (" + e.getMessage() + ")", e);
            }
        });
    }

    /** How many writes there were: between two equal answers nothing was written. */
    public long writes() {
        return reading(db::getLatestSequenceNumber);
    }

    /** The record under {@code key}. */
    public Optional<StoredRecord> get(Key key) {
        return reading(() -> {
            try {
                byte @Nullable [] framed = db.get(key.bytes());
                return Optional.ofNullable(framed == null ? null : new StoredRecord(key.bytes(), framed));
            } catch (RocksDBException e) {
                throw unreadable(e);
            }
        });
    }

    /** Shows the records with keys in {@code [from, to)}, in order, to {@code visitor} until it has seen enough. */
    public void scan(Key from, Key to, RecordVisitor visitor) {
        reading(() -> {
            try (Slice end = new Slice(to.bytes());
                    ReadOptions bounded = new ReadOptions().setIterateUpperBound(end);
                    RocksIterator rows = db.newIterator(bounded)) {
                rows.seek(from.bytes());
                while (rows.isValid() && visitor.visit(new StoredRecord(rows.key(), rows.value()))) {
                    rows.next();
                }
                rows.status();
                return true;
            } catch (RocksDBException e) {
                throw unreadable(e);
            }
        });
    }

    /** The record with the greatest key in {@code [from, to]}. */
    public Optional<StoredRecord> last(Key from, Key to) {
        return reading(() -> {
            try (Slice start = new Slice(from.bytes());
                    ReadOptions bounded = new ReadOptions().setIterateLowerBound(start);
                    RocksIterator rows = db.newIterator(bounded)) {
                rows.seekForPrev(to.bytes());
                if (rows.isValid()) {
                    return Optional.of(new StoredRecord(rows.key(), rows.value()));
                }
                rows.status();
                return Optional.empty();
            } catch (RocksDBException e) {
                throw unreadable(e);
            }
        });
    }

    /**
     * Reads every block of every table file and checks its checksum.
     *
     * @throws JournalUnavailableException if one does not match
     */
    public void verifyFiles() {
        reading(() -> {
            try {
                db.verifyChecksum();
                return true;
            } catch (RocksDBException e) {
                throw unreadable(e);
            }
        });
    }

    /** Commits what waits, waits for reads to end, and closes the database. */
    @Override
    public void close() {
        // Before the lock is taken: a change that waits may still have to read.
        commits.close();
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                opened.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    private <T> T reading(Supplier<T> read) {
        use.readLock().lock();
        try {
            if (closed) {
                throw new JournalUnavailableException(directory, "is closed", null);
            }
            return read.get();
        } finally {
            use.readLock().unlock();
        }
    }

    private JournalUnavailableException unreadable(RocksDBException e) {
        return new JournalUnavailableException(
                directory, "cannot be read (" + e.getMessage() + "); check its disk, and restore the home from a backup", e);
    }
}
