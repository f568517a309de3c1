package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kernel.Kernels;

/** First half of a feed-forward block: gate and up products, and the gate's function of one times the other. */
final class GateUpStage implements Stage {
    private final PassState state;
    private final LayerWeights weights;
    private final int rows;

    GateUpStage(PassState state, LayerWeights weights) {
        this.state = state;
        this.weights = weights;
        this.rows = weights.gate().rows();
    }

    void run(ComputePool pool) {
        state.inputVersion++;
        pool.run(this);
    }

    @Override
    public int tasks() {
        return RowShares.tasks(rows, rowsPerTask());
    }

    @Override
    public void run(int task, int worker) {
        int from = task * rowsPerTask();
        int to = Math.min(rows, from + rowsPerTask());
        int tokens = state.step.rows();
        Kernels kernels = state.workers[worker].kernels();
        Activations activations = state.activations;
        float[] gate = activations.gate;
        float[] up = activations.up;
        kernels.matmul(weights.gate(), from, to, activations.normed, tokens, state.inputVersion, gate, rows, 0);
        kernels.matmul(weights.up(), from, to, activations.normed, tokens, state.inputVersion, up, rows, 0);
        for (int t = 0; t < tokens; t++) {
            switch (state.spec.activation()) {
                case SILU -> kernels.siluMultiply(gate, up, t * rows + from, to - from);
                case GELU_TANH -> kernels.geluMultiply(gate, up, t * rows + from, to - from);
            }
        }
    }

    private int rowsPerTask() {
        return RowShares.rowsPerTask(rows, state.step.rows(), state.workers.length);
    }
}
