package dev.mneme.errors;

/** There is no cut-off reply to continue. */
public final class NothingToContinue extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public NothingToContinue(String session) {
        super("session '%s' has no cut-off reply to continue; say something instead".formatted(session));
    }
}
