package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.StepCapture.Captured;

/**
 * Finds, in a global layer, how much of all attention the plans of single tokens capture, as {@link CaptureSink} defines it:
 * blocks between sinks and local window are scored as candidates are, the others as attention scores them. The same kernels,
 * so the same on every backend.
 */
final class CaptureStage implements Stage {
    private final PassState state;
    private final int layer;
    private final boolean global;
    private final int layerInGroup;

    CaptureStage(PassState state, int layer) {
        this.state = state;
        this.layer = layer;
        int group = state.groups.groupOf()[layer];
        this.global = group == 0 && state.groups.groups().getFirst().window() == 0;
        this.layerInGroup = state.groups.indexInGroup()[layer];
    }

    void run(ComputePool pool) {
        if (!global || state.capture.isEmpty()) {
            return;
        }
        pool.run(this);
        state.capture.tokens().forEach(token -> token.finish(layer, state.spec.heads()));
    }

    @Override
    public int tasks() {
        return state.capture.tokens().size() * state.spec.kvHeads();
    }

    @Override
    public void run(int task, int workerNumber) {
        Captured captured = state.capture.tokens().get(task / state.spec.kvHeads());
        int kvHead = task % state.spec.kvHeads();
        AttentionTile tile = captured.token().tile(kvHead);
        BlockWeights weights = new BlockWeights(state.queryHeads(), captured.blocks());
        scoreBetween(captured, tile.row(), kvHead, state.workers[workerNumber], weights);
        scoreOthers(captured, tile, kvHead, state.workers[workerNumber], weights);
        double sum = 0;
        for (int head = 0; head < state.queryHeads(); head++) {
            sum += weights.share(head, tile.plan().blocks());
        }
        captured.shares()[kvHead] = sum;
    }

    private void scoreBetween(Captured captured, int row, int kvHead, Worker worker, BlockWeights weights) {
        float[] queries = turned(row, kvHead);
        for (int i = 0; i < captured.between().length; i++) {
            worker.rows().clear();
            for (int head = 0; head < state.queryHeads(); head++) {
                worker.rows().add(head * state.spec.headDim(), head * captured.blocks() + captured.first() + i);
            }
            worker.kernels().scoreKeys(
                    state.shapes[0], captured.between()[i], layerInGroup, kvHead, queries, worker.rows(),
                    weights.maxima, weights.sums);
        }
    }

    /** The queries of a KV head's heads as candidates are scored by them. */
    private float[] turned(int row, int kvHead) {
        int headDim = state.spec.headDim();
        float[] turned = new float[state.queryHeads() * headDim];
        int from = row * state.spec.queryLength() + kvHead * turned.length;
        RopePage page = state.groups.ropeTables().getFirst().page(RetrievalStages.DISTANCE / KvLayout.BLOCK);
        for (int at = 0; at < turned.length; at += headDim) {
            Rotation.rotate(
                    state.activations.queries, from + at, headDim, page, RetrievalStages.DISTANCE % KvLayout.BLOCK,
                    turned, at);
        }
        for (int i = 0; i < turned.length; i++) {
            turned[i] *= state.spec.attentionScale();
        }
        return turned;
    }

    /** Sinks, local window and own block; inside the window all. */
    private void scoreOthers(Captured captured, AttentionTile tile, int kvHead, Worker worker, BlockWeights weights) {
        AttentionPlan plan = tile.plan();
        for (int entry = 0; entry < plan.size(); entry++) {
            int block = plan.block(entry);
            if (block < captured.first() || block >= captured.first() + captured.between().length) {
                worker.kernels().attend(
                        state.shapes[0], tile, entry, entry + 1,
                        state.activations.queries, state.spec.queryLength(), layerInGroup, kvHead, worker.partials(), 0);
                weights.put(block, worker.partials(), state.spec.headDim());
            }
        }
    }
}
