package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** A record of the journal was found damaged: what it held is not served. */
public final class JournalDamagedException extends JournalException {
    private final String persistenceId;
    private final long sequenceNr;

    /** The record {@code sequenceNr} of {@code persistenceId} is damaged as {@code what} says. */
    public JournalDamagedException(String persistenceId, long sequenceNr, String what, @Nullable Throwable cause) {
        super(
                "the journal is damaged at record " + sequenceNr + " of '" + persistenceId + "': " + what
                        + "; run 'mneme verify' to see what else is, and restore the home from a backup",
                cause);
        this.persistenceId = persistenceId;
        this.sequenceNr = sequenceNr;
    }

    public String persistenceId() {
        return persistenceId;
    }

    /** The record's sequence number, from 1. */
    public long sequenceNr() {
        return sequenceNr;
    }
}
