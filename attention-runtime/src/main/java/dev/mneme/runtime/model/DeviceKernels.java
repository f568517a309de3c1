package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.cuda.Grid;

/** Launches of the kernels that work on rows, with the shapes that their sources ask for. Numbers are f32 on the device. */
final class DeviceKernels {
    /** Numbers in a head, at most. */
    static final int MOST_HEAD_DIM = 256;

    private static final int ROW_THREADS = 256;
    private static final int MATRIX_THREADS = 128;
    /** Rows of a thread block of a matrix product for few tokens. */
    private static final int FEW_ROWS = 8;
    private static final int FEW_TOKENS = 4;
    /** Rows and tokens of a thread's tile of a matrix product for many. */
    private static final int TILE = 8;

    private final Device device;
    private final ModelSpec spec;

    DeviceKernels(Device device, ModelSpec spec) {
        this.device = device;
        this.spec = spec;
    }

    private static int groups(int count, int size) {
        return (count + size - 1) / size;
    }

    /** Embeddings of tokens, scaled. */
    void embed(DeviceMatrix table, long tokens, int rows, long residual) {
        device.launch("embed_" + table.type(), new Grid(rows), MATRIX_THREADS,
                table.address(), table.columns(), tokens, spec.embeddingScale(), residual);
    }

    /** {@code output[row] = weights · input[row]}. */
    void multiply(DeviceMatrix weights, long input, int rows, long output) {
        boolean few = rows <= FEW_TOKENS;
        Grid grid = few
                ? new Grid(groups(weights.rows(), FEW_ROWS), groups(rows, FEW_TOKENS))
                : new Grid(groups(weights.rows(), FEW_ROWS * TILE), groups(rows, TILE));
        device.launch((few ? "multiply_few_" : "multiply_many_") + weights.type(), grid, MATRIX_THREADS,
                weights.address(), weights.rows(), weights.columns(), input, rows, output);
    }

    void norm(long residual, int rows, long weight, long normed) {
        device.launch("norm_rows", new Grid(rows), ROW_THREADS,
                residual, spec.embeddingLength(), weight, spec.rmsEpsilon(), normed);
    }

    /** A sublayer's output, normed if there is a weight for that, joins the residual stream, whose next norm is taken. */
    void join(long delta, long postWeight, long residual, int rows, long nextWeight, long normed) {
        device.launch("join_rows", new Grid(rows), ROW_THREADS,
                delta, postWeight, residual, spec.embeddingLength(), nextWeight, spec.rmsEpsilon(), normed);
    }

    void gate(long gate, long up, int rows) {
        int count = rows * spec.feedForwardLength();
        String kernel = switch (spec.activation()) {
            case SILU -> "gate_silu";
            case GELU_TANH -> "gate_gelu";
        };
        device.launch(kernel, new Grid(groups(count, ROW_THREADS)), ROW_THREADS, gate, up, count);
    }

    void softcap(long numbers, float cap, int count) {
        device.launch("softcap", new Grid(groups(count, ROW_THREADS)), ROW_THREADS, numbers, cap, count);
    }

    /** Row i of the target becomes row {@code rows[i]} of the source. */
    void gather(long source, int length, long rows, int count, long target) {
        device.launch("gather_rows", new Grid(count), ROW_THREADS, source, length, rows, target);
    }

    /** Biases, head norms, rotation; keys and values are written to their {@code places}. */
    void heads(DeviceRows activations, int rows, DeviceLayer layer, DeviceWeights.Angles angles, long places, int layerInGroup) {
        int adjacent = spec.ropePairing() == RopePairing.ADJACENT ? 1 : 0;
        device.launch("prepare_heads", new Grid(rows, spec.heads() + 2 * spec.kvHeads()), headThreads(),
                activations.queries(), activations.keys(), activations.values(),
                layer.queryBias(), layer.keyBias(), layer.valueBias(), layer.queryNorm(), layer.keyNorm(), spec.rmsEpsilon(),
                adjacent, spec.heads(), spec.kvHeads(), spec.headDim(), angles.cosines(), angles.sines(), places, layerInGroup);
    }

    /** A thread for each dimension of a head, in whole warps. */
    private int headThreads() {
        return groups(spec.headDim(), 32) * 32;
    }

    /** Quantizes full blocks of one layer into a format. */
    void seal(long written, long sealed, int blocks, int format, int layerInGroup) {
        device.launch("seal_block", new Grid(blocks, spec.kvHeads()), ROW_THREADS,
                written, sealed, format, spec.headDim(), spec.kvHeads(), layerInGroup);
    }

    /** Attention by a step's plans, split by split, and its merging. */
    void attend(byte[] shape, DevicePlans plans, DeviceRows activations, DeviceWeights.Angles angles, long partials) {
        int keyRows = groups(plans.mostRows(), 4);
        device.launch("attend", new Grid(plans.tasks(), spec.kvHeads(), keyRows), ROW_THREADS,
                shape, plans.tileTable(), plans.taskTable(), plans.placeTable(), activations.queries(), angles.cosines(),
                angles.sines(), partials);
        device.launch("merge_splits", new Grid(plans.tiles(), spec.kvHeads(), plans.mostRows()), headThreads(),
                shape, plans.tileTable(), partials, activations.attended());
    }
}
