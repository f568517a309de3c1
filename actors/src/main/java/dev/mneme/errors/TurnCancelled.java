package dev.mneme.errors;

/** A turn was cancelled, or its thread interrupted; what was generated is kept. */
public final class TurnCancelled extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public TurnCancelled(String session) {
        super("the turn of session '%s' was cancelled; what was generated is kept, and resume() finishes it".formatted(session));
    }
}
