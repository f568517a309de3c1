package dev.mneme.runtime.model;

/**
 * Takes how much of all attention a token's plans capture, layer by layer. A token past the window attends to the blocks of
 * its plan; had it attended to all, each of its query heads would have spread one softmax over the keys of every block up to
 * the token's own. The part of it that lies in the blocks of the plan is captured: from 0 to 1, and 1 where the plan holds
 * all, as inside the window.
 *
 * <p>What that softmax is: true distances mean nothing past the window, so sinks, local window and own block stand where the
 * plan has them, and the blocks between sinks and local window, in the plan or not, at the one distance of 512 at which they
 * are compared when a plan is chosen. The query is the token's own, also where its plan was chosen by an earlier token of its
 * group. What is retrieved is attended at other distances than that (they count along the plan), so this tells of the choice,
 * not of the attention that follows it; for that there is {@link MassSink}.
 *
 * <p>Reads the keys of all blocks once for each token that is asked for, and changes no bit of anything else. Called on the
 * thread that runs the step.
 */
public interface CaptureSink {
    /** Asks for nothing, and costs nothing. */
    CaptureSink NONE = new CaptureSink() {
        @Override
        public boolean wants(int offset) {
            return false;
        }

        @Override
        public void accept(int offset, int layer, double share) {}
    };

    /** Whether the token at this index of the run is asked for. */
    boolean wants(int offset);

    /**
     * Called once for each layer with global attention and each token that is asked for: layer by layer in a step, in each for
     * its tokens ascending.
     *
     * @param offset index of the token in its run
     * @param layer  number of the layer in the model, from 0
     * @param share  the part that the plans of the layer's KV heads capture, the mean over its query heads
     */
    void accept(int offset, int layer, double share);
}
