package dev.mneme.errors;

/** A turn was not done in the time that the caller gave it; what was generated is kept. */
public final class TurnTimedOut extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public TurnTimedOut(String session) {
        super("the turn of session '%s' was stopped when its time was over; what was generated is kept, and resume() finishes it".formatted(session));
    }
}
