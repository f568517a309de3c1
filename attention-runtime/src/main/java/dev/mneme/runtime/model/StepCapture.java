package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import java.util.List;

/**
 * The tokens of a step of which is asked how much of all attention their plans capture.
 *
 * @param tokens in row order
 */
record StepCapture(List<Captured> tokens) {
    /** A step in which nobody asks. */
    static final StepCapture NONE = new StepCapture(List.of());

    /** Asks for the blocks that plans leave out; engine thread. */
    static StepCapture of(Step step, AttentionSchedule global, int kvHeads) {
        if (step.slices().stream().allMatch(slice -> slice.run.captured() == CaptureSink.NONE)) {
            return NONE;
        }
        return new StepCapture(PlannedToken.of(global, token -> token.run().captured().wants(token.offset())).stream()
                .map(token -> Captured.of(token, kvHeads))
                .toList());
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /**
     * A token with the blocks that its plan may leave out: those from {@code first} on, {@code between}.
     *
     * @param shares by KV head, what its query heads captured in the layer in work, added up
     */
    record Captured(PlannedToken token, int first, BlockPayload[] between, double[] shares) {
        private static Captured of(PlannedToken token, int kvHeads) {
            RunSlice slice = token.work().slice();
            if (token.position() < slice.sparseFrom) {
                return new Captured(token, 0, new BlockPayload[0], new double[kvHeads]);
            }
            QueryGroup group = slice.queryGroup(token.position());
            int first = group.frame.sinks();
            BlockPayload[] between = new BlockPayload[group.frame.candidates()];
            for (int i = 0; i < between.length; i++) {
                between[i] = slice.planned(first + i, group.frame.own());
            }
            return new Captured(token, first, between, new double[kvHeads]);
        }

        /** Number of blocks up to the token's own. */
        int blocks() {
            return token.position() / KvLayout.BLOCK + 1;
        }

        /** Hands the share of a layer to the run's sink. */
        void finish(int layer, int heads) {
            double sum = 0;
            for (double share : shares) {
                sum += share;
            }
            token.run().captured().accept(token.offset(), layer, sum / heads);
        }
    }
}
