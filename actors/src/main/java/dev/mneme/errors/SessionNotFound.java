package dev.mneme.errors;

/** No session of this name exists for the tenant. */
public final class SessionNotFound extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public SessionNotFound(String tenant, String session) {
        super("tenant '%s' has no session '%s'; `mneme sessions` lists those that exist".formatted(tenant, session));
    }
}
