package dev.mneme.errors;

/** A session has as many turns waiting as it may have. */
public final class SessionBusy extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public SessionBusy(String session, int limit) {
        super("session '%s' already has %d turns waiting; wait for one to end, or cancel it".formatted(session, limit));
    }
}
