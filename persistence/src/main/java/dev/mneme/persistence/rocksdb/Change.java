package dev.mneme.persistence.rocksdb;

/** Something to be changed in one piece. */
@FunctionalInterface
public interface Change<T> {
    /** Puts the change into {@code batch}. If it throws, nothing of it is written, and whoever asked gets what it threw. */
    T into(Batch batch);
}
