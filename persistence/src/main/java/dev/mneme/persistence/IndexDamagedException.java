package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** A row of the indexes was found damaged. Nothing is lost: the indexes can be rebuilt from the journal. */
public final class IndexDamagedException extends JournalException {
    /** The row that {@code row} names is damaged as {@code what} says. */
    public IndexDamagedException(String row, String what, @Nullable Throwable cause) {
        super("the index of the journal is damaged at " + row + ": " + what + "; run 'mneme verify --repair'", cause);
    }
}
