package dev.mneme.persistence.rocksdb;

/** A record's bytes are not those that were written. Whoever knows what the record was says so to the user. */
public final class BrokenRecordException extends Exception {
    BrokenRecordException(String what) {
        super(what);
    }
}
