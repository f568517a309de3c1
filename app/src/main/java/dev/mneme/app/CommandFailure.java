package dev.mneme.app;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; the message is the one line that the user sees. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        this(message, null);
    }

    CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
