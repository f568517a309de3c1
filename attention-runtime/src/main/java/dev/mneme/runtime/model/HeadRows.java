package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvWriter;
import org.jspecify.annotations.Nullable;

/**
 * Between the projections and attention of a layer, for each row: biases, head norms, rotation
 * order; keys are rotated by their offset in the block, and keys and values written into it.
 */
final class HeadRows implements RowStage.RowWork {
    private final PassState state;
    private final LayerWeights weights;
    private final int group;
    private final int layerInGroup;
    private final RopePage blockPage;

    HeadRows(PassState state, int layer) {
        this.state = state;
        this.weights = state.weights.layers().get(layer);
        this.group = state.groups.groupOf()[layer];
        this.layerInGroup = state.groups.indexInGroup()[layer];
        this.blockPage = state.groups.ropeTables().get(group).page(0);
    }

    @Override
    public void run(int row, Worker worker) {
        ModelSpec spec = state.spec;
        float[] queries = state.activations.queries;
        float[] keys = state.activations.keys;
        float[] values = state.activations.values;
        addBias(weights.queryBias(), queries, row * spec.queryLength());
        addBias(weights.keyBias(), keys, row * spec.kvLength());
        addBias(weights.valueBias(), values, row * spec.kvLength());
        prepare(queries, row * spec.queryLength(), spec.heads(), weights.queryNorm(), worker);
        prepare(keys, row * spec.kvLength(), spec.kvHeads(), weights.keyNorm(), worker);
        write(row, keys, values);
    }

    private static void addBias(float @Nullable [] bias, float[] target, int from) {
        if (bias == null) {
            return;
        }
        for (int i = 0; i < bias.length; i++) {
            target[from + i] += bias[i];
        }
    }

    private void prepare(float[] target, int from, int heads, float @Nullable [] norm, Worker worker) {
        int headDim = state.spec.headDim();
        for (int head = 0; head < heads; head++) {
            int offset = from + head * headDim;
            if (norm != null) {
                worker.kernels().rmsNorm(target, offset, headDim, norm, state.spec.rmsEpsilon(), target, offset);
            }
            if (state.spec.ropePairing() == RopePairing.ADJACENT) {
                Rotation.fromAdjacent(target, offset, headDim, worker.head());
            }
        }
    }

    private void write(int row, float[] keys, float[] values) {
        int headDim = state.spec.headDim();
        int position = state.step.position(row);
        int offset = position % KvLayout.BLOCK;
        BlockPayload payload = state.step.rowSlices()[row].written(position / KvLayout.BLOCK, group);
        KvLayout layout = payload.layout();
        KvWriter writer = state.writers[layout.format().ordinal()];
        for (int head = 0; head < state.spec.kvHeads(); head++) {
            int from = row * state.spec.kvLength() + head * headDim;
            Rotation.rotate(keys, from, headDim, blockPage, offset, keys, from);
            writer.writeKey(keys, from, headDim, payload.bytes(), layout.keyOffset(layerInGroup, head), offset);
            writer.writeValue(values, from, headDim, payload.bytes(), layout.valueOffset(layerInGroup, head), offset);
        }
    }
}
