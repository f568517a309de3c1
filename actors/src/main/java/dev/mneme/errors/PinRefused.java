package dev.mneme.errors;

/** A turn cannot be pinned; the session is as it was. */
public final class PinRefused extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public PinRefused(String session, int turn, String reason) {
        super("turn %d of session '%s' cannot be pinned: %s".formatted(turn, session, reason));
    }
}
