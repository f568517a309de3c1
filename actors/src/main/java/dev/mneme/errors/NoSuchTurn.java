package dev.mneme.errors;

/** The session has no turn of this number. */
public final class NoSuchTurn extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public NoSuchTurn(String session, int turn, int turns) {
        super("session '%s' has no turn %d; it has turns 1 to %d (0 is its empty beginning)".formatted(session, turn, turns));
    }
}
