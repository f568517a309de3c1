package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.model.StepMass.Recorded;
import java.util.Arrays;

/**
 * Records, in a global layer, where the attention of single tokens goes. Attention to one entry of a plan at a time leaves
 * that entry's maximum m and sum s of {@code exp(score - m)}: it receives the part {@code s * exp(m)} of what all entries
 * do. The same kernels as those of attention itself, so the same on every backend.
 */
final class MassStage implements Stage {
    private final PassState state;
    private final boolean global;
    private final int layerInGroup;

    MassStage(PassState state, int layer) {
        this.state = state;
        int group = state.groups.groupOf()[layer];
        this.global = group == 0 && state.groups.groups().getFirst().window() == 0;
        this.layerInGroup = state.groups.indexInGroup()[layer];
    }

    void run(ComputePool pool) {
        if (!global || state.mass.isEmpty()) {
            return;
        }
        pool.run(this);
        state.mass.tokens().forEach(Recorded::addLayer);
    }

    @Override
    public int tasks() {
        return state.mass.tokens().size() * state.spec.kvHeads();
    }

    @Override
    public void run(int task, int workerNumber) {
        Recorded token = state.mass.tokens().get(task / state.spec.kvHeads());
        int kvHead = task % state.spec.kvHeads();
        AttentionTile tile = token.tile(kvHead);
        int entries = tile.plan().size();
        double[] maxima = new double[state.queryHeads() * entries];
        double[] sums = new double[maxima.length];
        for (int entry = 0; entry < entries; entry++) {
            attend(tile, entry, kvHead, state.workers[workerNumber], maxima, sums);
        }
        double[] shares = new double[entries];
        for (int head = 0; head < state.queryHeads(); head++) {
            addHead(maxima, sums, head * entries, shares);
        }
        token.put(kvHead, shares);
    }

    private void attend(
            AttentionTile tile, int entry, int kvHead, Worker worker, double[] maxima, double[] sums) {
        float[] partials = worker.partials();
        worker.kernels().attend(
                state.shapes[0], tile, entry, entry + 1,
                state.activations.queries, state.spec.queryLength(), layerInGroup, kvHead, partials, 0);
        int entries = tile.plan().size();
        for (int head = 0; head < state.queryHeads(); head++) {
            int end = head * state.partialLength() + state.spec.headDim();
            maxima[head * entries + entry] = partials[end];
            sums[head * entries + entry] = partials[end + 1];
        }
    }

    private static void addHead(double[] maxima, double[] sums, int from, double[] shares) {
        double highest = Arrays.stream(maxima, from, from + shares.length).max().orElseThrow();
        double[] weights = new double[shares.length];
        double total = 0;
        for (int entry = 0; entry < shares.length; entry++) {
            weights[entry] = StrictMath.exp(maxima[from + entry] - highest) * sums[from + entry];
            total += weights[entry];
        }
        for (int entry = 0; entry < shares.length; entry++) {
            shares[entry] += weights[entry] / total;
        }
    }
}
