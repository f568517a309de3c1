package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.model.StepMass.Recorded;
import java.util.Arrays;

/**
 * Records, in a global layer, where the attention of single tokens goes. Attention to one entry of a plan at a time leaves
 * what that entry weighs among all. The same kernels as those of attention itself, so the same on every backend.
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
        Recorded recorded = state.mass.tokens().get(task / state.spec.kvHeads());
        int kvHead = task % state.spec.kvHeads();
        AttentionTile tile = recorded.token.tile(kvHead);
        BlockWeights weights = new BlockWeights(state.queryHeads(), tile.plan().size());
        Worker worker = state.workers[workerNumber];
        for (int entry = 0; entry < tile.plan().size(); entry++) {
            worker.kernels().attend(
                    state.shapes[0], tile, entry, entry + 1,
                    state.activations.queries, state.spec.queryLength(), layerInGroup, kvHead, worker.partials(), 0);
            weights.put(entry, worker.partials(), state.spec.headDim());
        }
        double[] sums = new double[tile.plan().size()];
        for (int head = 0; head < state.queryHeads(); head++) {
            double[] shares = weights.shares(head);
            Arrays.setAll(sums, entry -> sums[entry] + shares[entry]);
        }
        recorded.put(kvHead, sums);
    }
}
