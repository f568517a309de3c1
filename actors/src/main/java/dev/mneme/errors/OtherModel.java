package dev.mneme.errors;

/** A session was opened with another model than the one that it was created with. */
public final class OtherModel extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public OtherModel(String session, String has, String asked) {
        super("session '%s' belongs to model '%s', not '%s'; open it without naming a model, or start another session".formatted(session, has, asked));
    }
}
