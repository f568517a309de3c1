package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** The journal refuses a write, or cannot be read or written. */
public abstract sealed class JournalException extends PersistenceException
        permits JournalDamagedException,
                JournalUnavailableException,
                JournalOrderException,
                IndexDamagedException,
                SessionNameTakenException,
                SessionGoneException {
    JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
