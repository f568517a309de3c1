package dev.mneme.errors;

import org.jspecify.annotations.Nullable;

/** The home directory could not be opened. */
public final class HomeFailed extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public HomeFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
