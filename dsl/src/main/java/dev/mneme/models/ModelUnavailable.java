package dev.mneme.models;

import org.jspecify.annotations.Nullable;

/** The model is known, but its file is not here, cannot be fetched, or is not what it should be. */
public final class ModelUnavailable extends ModelProblem {
    private static final long serialVersionUID = 1L;

    ModelUnavailable(String message) {
        this(message, null);
    }

    ModelUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
