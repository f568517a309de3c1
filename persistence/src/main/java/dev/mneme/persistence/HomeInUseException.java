package dev.mneme.persistence;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Another process, or another part of this one, has the home open. */
public final class HomeInUseException extends HomeException {
    /** {@code home} is in use, by the process {@code pid} if that is known. */
    public HomeInUseException(Path home, OptionalLong pid, @Nullable Throwable cause) {
        super(
                "the home " + home + " is in use by another process"
                        + (pid.isPresent() ? " (" + pid.getAsLong() + ")" : "")
                        + "; close it, or use another home (--home, MNEME_HOME)",
                cause);
    }
}
