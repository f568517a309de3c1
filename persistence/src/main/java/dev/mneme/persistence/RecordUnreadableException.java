package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** The bytes of a record are not what they should be. */
public final class RecordUnreadableException extends RecordException {
    /** A record named {@code manifest} that is broken as {@code what} says. */
    public RecordUnreadableException(String manifest, String what, @Nullable Throwable cause) {
        super("a journal record of the kind '" + manifest + "' cannot be read: " + what, cause);
    }
}
