package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** A record that was read from disk cannot be turned into an event or a snapshot. */
public abstract sealed class RecordException extends PersistenceException
        permits RecordTooNewException, RecordUnreadableException {
    RecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
