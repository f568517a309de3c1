package dev.mneme.persistence;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The home cannot be created or written to, or what stands in its place is no home. */
public final class HomeNotWritableException extends HomeException {
    /** {@code home} cannot be used; {@code what} says why. */
    public HomeNotWritableException(Path home, String what, @Nullable Throwable cause) {
        super(
                "the home " + home + " cannot be used: " + what
                        + "; make it a directory that this user may write to, or use another home (--home, MNEME_HOME)",
                cause);
    }
}
