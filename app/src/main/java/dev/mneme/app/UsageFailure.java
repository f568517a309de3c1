package dev.mneme.app;

/** The command was given something that cannot be right whatever state the world is in; the message is one line. */
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what the user sees. */
    public UsageFailure(String message) {
        super(message);
    }
}
