package dev.mneme.persistence.rocksdb;

/** Is shown record after record. */
@FunctionalInterface
public interface RecordVisitor {
    /** Whether to go on after {@code record}. */
    boolean visit(StoredRecord record);
}
