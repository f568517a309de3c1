package dev.mneme.runtime.model;

/** The start of a step, for each row: the token's embedding, scaled, and its norm for the first layer. */
record EmbeddingRows(PassState state, float[] firstNorm) implements RowStage.RowWork {
    @Override
    public void run(int row, Worker worker) {
        int length = state.spec.embeddingLength();
        int from = row * length;
        float scale = state.spec.embeddingScale();
        float[] residual = state.activations.residual;
        state.weights.embedding().row(state.step.token(row), residual, from);
        for (int i = from; i < from + length; i++) {
            residual[i] *= scale;
        }
        worker.kernels().rmsNorm(
                residual, from, length, firstNorm, state.spec.rmsEpsilon(), state.activations.normed, from);
    }
}
