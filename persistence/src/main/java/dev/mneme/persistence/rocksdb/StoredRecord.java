package dev.mneme.persistence.rocksdb;

/** A record as it lies on disk. Its checksum is checked when its body is asked for. */
public final class StoredRecord {
    private final byte[] key;
    private final byte[] framed;

    StoredRecord(byte[] key, byte[] framed) {
        this.key = key;
        this.framed = framed;
    }

    /** The bytes of its key; not to be changed. */
    public byte[] key() {
        return key;
    }

    /**
     * What was written.
     *
     * @throws BrokenRecordException if the bytes are not those that were written
     */
    public byte[] body() throws BrokenRecordException {
        return Frame.body(key, framed);
    }
}
