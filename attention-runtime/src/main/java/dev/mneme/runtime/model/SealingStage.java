package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.Stage;

/**
 * After a layer's keys and values are written: blocks that are full now and are kept in a quantized format are sealed,
 * KV head by KV head, before the tokens of later blocks attend to them.
 */
final class SealingStage implements Stage {
    private final PassState state;
    private final int group;
    private final int layerInGroup;

    SealingStage(PassState state, int layer) {
        this.state = state;
        this.group = state.groups.groupOf()[layer];
        this.layerInGroup = state.groups.indexInGroup()[layer];
    }

    @Override
    public int tasks() {
        return state.sealing.size() * state.spec.kvHeads();
    }

    @Override
    public void run(int task, int worker) {
        FilledBlock filled = state.sealing.get(task / state.spec.kvHeads());
        state.workers[worker].sealing().seal(
                filled.slice().written(filled.block(), group), filled.slice().sealed(filled.block(), group),
                layerInGroup, task % state.spec.kvHeads());
    }
}
