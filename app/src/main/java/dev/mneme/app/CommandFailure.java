package dev.mneme.app;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; the message is the one line that the user sees. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what the user sees. */
    public CommandFailure(String message) {
        this(message, null);
    }

    /** With what the user sees, and why. */
    public CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
