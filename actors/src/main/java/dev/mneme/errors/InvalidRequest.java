package dev.mneme.errors;

/** What was asked for is malformed. */
public final class InvalidRequest extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public InvalidRequest(String message) {
        super(message);
    }
}
