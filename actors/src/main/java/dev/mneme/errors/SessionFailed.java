package dev.mneme.errors;

import org.jspecify.annotations.Nullable;

/** A turn could not be computed or stored; the session is as its journal says. */
public final class SessionFailed extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public SessionFailed(String session, String reason, @Nullable Throwable cause) {
        super("session '%s': %s".formatted(session, reason), cause);
    }
}
