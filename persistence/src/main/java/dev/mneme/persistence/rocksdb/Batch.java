package dev.mneme.persistence.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatchWithIndex;

/**
 * Changes that become durable together or not at all. Reads through a batch see what was put into it. Used by the
 * committing thread only.
 */
public final class Batch {
    private final RocksDB db;
    private final WriteBatchWithIndex changes;
    private final ReadOptions reading;

    Batch(RocksDB db, WriteBatchWithIndex changes, ReadOptions reading) {
        this.db = db;
        this.changes = changes;
        this.reading = reading;
    }

    public void put(Key key, byte[] body) {
        try {
            changes.put(key.bytes(), Frame.around(key.bytes(), body));
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    public void delete(Key key) {
        try {
            changes.delete(key.bytes());
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The body under {@code key}, null if there is none.
     *
     * @throws BrokenRecordException if there is one and it is damaged
     */
    public byte @Nullable [] get(Key key) throws BrokenRecordException {
        try {
            byte @Nullable [] framed = changes.getFromBatchAndDB(db, reading, key.bytes());
            return framed == null ? null : Frame.body(key.bytes(), framed);
        } catch (RocksDBException e) {
            throw new BrokenRecordException(String.valueOf(e.getMessage()));
        }
    }

    WriteBatchWithIndex changes() {
        return changes;
    }
}
