package dev.mneme.runtime.sampling;

/** The logits hold no finite maximum, so no token can be chosen: the model file is damaged, or its numbers overflowed. */
public final class LogitsException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    LogitsException(int position, float highest) {
        super(("the model's highest logit for position %d is %s: the model file is damaged or its numbers overflow;"
                + " check the file's hash").formatted(position, highest));
    }
}
