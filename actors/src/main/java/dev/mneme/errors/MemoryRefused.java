package dev.mneme.errors;

/** The model or the session cannot remember as it was asked to; the session is as it was. */
public final class MemoryRefused extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public MemoryRefused(String session, String reason) {
        super("session '%s' cannot remember like that: %s".formatted(session, reason));
    }
}
