package dev.mneme.runtime.model;

/**
 * Takes where the attention of a run's tokens went: which part of the softmax mass each block of the plan received, the
 * mean over the layers with global attention and their query heads. Recording computes the scores of the tokens that are
 * asked for a second time and changes no bit of anything else. A model all of whose layers have a native window hands out
 * nothing. Called on the thread that runs the step.
 */
public interface MassSink {
    /** Asks for nothing, and costs nothing. */
    MassSink NONE = new MassSink() {
        @Override
        public boolean wants(int offset) {
            return false;
        }

        @Override
        public void accept(int offset, int[] blocks, double[] shares) {}
    };

    /** Whether the token at this index of the run is asked for. */
    boolean wants(int offset);

    /**
     * Called once for each token that is asked for, ascending, before its logits.
     *
     * @param offset index of the token in its run
     * @param blocks the blocks that any head of any global layer attended, ascending; not copied
     * @param shares the part of the mass that each received; their sum is 1; not copied
     */
    void accept(int offset, int[] blocks, double[] shares);
}
