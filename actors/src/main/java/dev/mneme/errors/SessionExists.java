package dev.mneme.errors;

/** A fork was to be given a name that is taken. */
public final class SessionExists extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public SessionExists(String tenant, String session) {
        super("tenant '%s' already has a session '%s'; choose another name or delete that one first".formatted(tenant, session));
    }
}
