package dev.mneme.persistence;

/** A session was deleted or never existed. */
public final class SessionGoneException extends JournalException {
    /** {@code sessionId} is not a session of {@code tenant} (any more). */
    public SessionGoneException(String tenant, String sessionId) {
        super("tenant '" + tenant + "' has no session " + sessionId + ": it was deleted or never existed", null);
    }
}
