package dev.mneme.errors;

/** A session has no turn whose attention could be told. */
public final class NothingToRecall extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public NothingToRecall(String session, String why, String remedy) {
        super("session '%s' has nothing to recall: %s; %s".formatted(session, why, remedy));
    }
}
