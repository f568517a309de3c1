package dev.mneme.runtime.model;

/** Takes the logits of a run's tokens, in ascending order, on the thread that runs the step. */
@FunctionalInterface
public interface LogitsSink {
    /**
     * Called once for each wanted token.
     *
     * @param offset index of the token in its run; the logits predict the token after it
     * @param logits one raw number per token id; valid during the call only, may be modified
     */
    void accept(int offset, float[] logits);
}
