package dev.mneme.models;

/** No model goes by this name. */
public final class UnknownModel extends ModelProblem {
    private static final long serialVersionUID = 1L;

    UnknownModel(String message) {
        super(message, null);
    }
}
