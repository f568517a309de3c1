package dev.mneme.runtime.model;

import dev.mneme.runtime.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * After a sublayer, for each row: its output, normalized where the architecture asks for it, joins
 * the residual stream, whose norm is the next sublayer's input.
 */
record ResidualRows(PassState state, float @Nullable [] postNorm, float[] nextNorm) implements RowStage.RowWork {
    @Override
    public void run(int row, Worker worker) {
        int length = state.spec.embeddingLength();
        float epsilon = state.spec.rmsEpsilon();
        int from = row * length;
        Kernels kernels = worker.kernels();
        float[] delta = state.activations.delta;
        float[] residual = state.activations.residual;
        if (postNorm != null) {
            kernels.rmsNorm(delta, from, length, postNorm, epsilon, delta, from);
        }
        for (int i = from; i < from + length; i++) {
            residual[i] += delta[i];
        }
        kernels.rmsNorm(residual, from, length, nextNorm, epsilon, state.activations.normed, from);
    }
}
