package dev.mneme.persistence;

/** A record was written by a newer version of Mneme. */
public final class RecordTooNewException extends RecordException {
    /** A record named {@code manifest}, which this version does not know. */
    public RecordTooNewException(String manifest) {
        super(
                "a journal record of the kind '" + manifest
                        + "' was written by a newer version of Mneme; open this home with that version",
                null);
    }
}
