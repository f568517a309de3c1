package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a home, its journal and its indexes. The message says what to do. */
public abstract sealed class PersistenceException extends RuntimeException
        permits HomeException, JournalException, RecordException {
    PersistenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
