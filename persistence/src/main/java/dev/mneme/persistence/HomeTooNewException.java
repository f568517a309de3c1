package dev.mneme.persistence;

import java.nio.file.Path;

/** The home was written by a newer version of Mneme. */
public final class HomeTooNewException extends HomeException {
    /** {@code home} has the format {@code found}, and this version knows formats up to {@code known}. */
    public HomeTooNewException(Path home, int found, int known) {
        super(
                "the home " + home + " has the format " + found + ", and this version of Mneme knows formats up to "
                        + known + "; use the version that wrote it, or another home (--home, MNEME_HOME)",
                null);
    }
}
