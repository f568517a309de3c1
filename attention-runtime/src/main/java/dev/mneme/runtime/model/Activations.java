package dev.mneme.runtime.model;

/**
 * Scratch memory of a forward pass: one row for each token of a step, reused by every layer.
 */
final class Activations {
    /** The residual stream, {@code [rows][embedding]}. */
    final float[] residual;
    /** A norm of the residual stream, {@code [rows][embedding]}. */
    final float[] normed;
    /** What a sublayer adds to the residual stream, {@code [rows][embedding]}. */
    final float[] delta;
    /** Queries, {@code [rows][heads][headDim]}, in rotation order once prepared. */
    final float[] queries;
    /** Keys before they are rotated, {@code [rows][kvHeads][headDim]}. */
    final float[] keys;
    /** Values, {@code [rows][kvHeads][headDim]}. */
    final float[] values;
    /** Attention outputs, {@code [rows][heads][headDim]}. */
    final float[] attended;
    /** Feed-forward gate, {@code [rows][feedForward]}. */
    final float[] gate;
    /** Feed-forward input that is gated, {@code [rows][feedForward]}. */
    final float[] up;

    Activations(ModelSpec spec, int rows) {
        residual = new float[rows * spec.embeddingLength()];
        normed = new float[rows * spec.embeddingLength()];
        delta = new float[rows * spec.embeddingLength()];
        queries = new float[rows * spec.queryLength()];
        keys = new float[rows * spec.kvLength()];
        values = new float[rows * spec.kvLength()];
        attended = new float[rows * spec.queryLength()];
        gate = new float[rows * spec.feedForwardLength()];
        up = new float[rows * spec.feedForwardLength()];
    }
}
