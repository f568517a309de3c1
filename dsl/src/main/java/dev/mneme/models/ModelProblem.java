package dev.mneme.models;

import org.jspecify.annotations.Nullable;

/** A model could not be had. The message names the model and says what to do about it. */
public abstract sealed class ModelProblem extends RuntimeException permits UnknownModel, ModelUnavailable {
    private static final long serialVersionUID = 1L;

    ModelProblem(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
