package dev.mneme.runtime.kernel;

/** A backend was asked for that this process cannot run; the message says what it lacks. */
public final class BackendUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Says which backend is missing what, and what to do. */
    public BackendUnavailableException(String message) {
        super(message);
    }
}
