package dev.mneme.runtime.attention;

import dev.mneme.runtime.numerics.Numerics;

/**
 * Joins the partial results of a plan's splits, in ascending order, into the attention output. With
 * {@code (m, l, a)} what is there and {@code (m', l', a')} the next split: the new maximum is
 * {@code n = max(m, m')}, {@code f = exp(m - n)}, {@code w = exp(m' - n)}, the sum
 * {@code fma(l', w, l * f)} and each output {@code fma(a', w, a * f)}. The first split is taken as
 * it is; at the end each output is divided by the sum. (Online softmax: Milakov and Gimelshein, 2018.)
 * Not thread-safe: one a worker.
 */
public final class SplitMerge {
    private final int headDim;
    private final float[] maxima;
    private final float[] sums;

    /** Room for the running maximum and sum of this many query rows. */
    public SplitMerge(int headDim, int rows) {
        this.headDim = headDim;
        this.maxima = new float[rows];
        this.sums = new float[rows];
    }

    /** Takes the first split of a query row: outputs, maximum and sum from {@code partials} on. */
    public void first(int row, float[] partials, int offset, float[] output, int outputOffset) {
        System.arraycopy(partials, offset, output, outputOffset, headDim);
        maxima[row] = partials[offset + headDim];
        sums[row] = partials[offset + headDim + 1];
    }

    /** Adds the next split of a query row. */
    public void next(int row, float[] partials, int offset, float[] output, int outputOffset) {
        float splitMaximum = partials[offset + headDim];
        float maximum = Math.max(maxima[row], splitMaximum);
        float factor = Numerics.exp(maxima[row] - maximum);
        float weight = Numerics.exp(splitMaximum - maximum);
        maxima[row] = maximum;
        sums[row] = Math.fma(partials[offset + headDim + 1], weight, sums[row] * factor);
        for (int d = 0; d < headDim; d++) {
            output[outputOffset + d] = Math.fma(partials[offset + d], weight, output[outputOffset + d] * factor);
        }
    }

    /** Divides a query row's outputs by its sum. */
    public void finish(int row, float[] output, int outputOffset) {
        float sum = sums[row];
        for (int d = 0; d < headDim; d++) {
            output[outputOffset + d] /= sum;
        }
    }
}
