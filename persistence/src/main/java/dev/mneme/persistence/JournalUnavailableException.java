package dev.mneme.persistence;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The journal's database cannot be opened, read or written: a full disk, a read-only disk, damaged files. */
public final class JournalUnavailableException extends JournalException {
    /** The journal in {@code directory} could not do what {@code what} says. */
    public JournalUnavailableException(Path directory, String what, @Nullable Throwable cause) {
        super("the journal in " + directory + " " + what, cause);
    }
}
