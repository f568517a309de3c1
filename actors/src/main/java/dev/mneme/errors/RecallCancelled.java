package dev.mneme.errors;

/** The thread that waited for a recall was interrupted. */
public final class RecallCancelled extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public RecallCancelled(String session) {
        super("the recall of session '%s' was cancelled; the session is as it was, and can be asked again".formatted(session));
    }
}
