package dev.mneme.persistence;

/** An event contradicts what the journal holds, so it was not written. */
public final class JournalOrderException extends JournalException {
    /** The session's next event is refused; {@code what} says why. */
    public JournalOrderException(String sessionId, long sequenceNr, String what) {
        super("event " + sequenceNr + " of session " + sessionId + " was not written: " + what, null);
    }
}
