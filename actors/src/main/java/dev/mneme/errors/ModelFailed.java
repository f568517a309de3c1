package dev.mneme.errors;

import org.jspecify.annotations.Nullable;

/** A model file could not be found, read or run. */
public final class ModelFailed extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public ModelFailed(String model, String reason, @Nullable Throwable cause) {
        super("model '%s': %s".formatted(model, reason), cause);
    }
}
