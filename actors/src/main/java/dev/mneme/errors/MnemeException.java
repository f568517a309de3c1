package dev.mneme.errors;

import org.jspecify.annotations.Nullable;

/** The root of Mneme's errors. Its message is one line that a user can act on. */
public abstract class MnemeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MnemeException(String message) {
        super(message);
    }

    MnemeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
