package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The softmax of a split's query rows, block by block: what has come of it so far for each row, and the scores of the group of rows in
 * work. Not thread-safe.
 *
 * <p>A row's softmax is a long chain of operations that wait for each other. So each of its steps is taken for all rows
 * of a group before the next one, and the processor works on many rows at once.
 */
final class RunningSoftmax {
    /** Rows that go through a block together. */
    static final int GROUP = 32;

    private static final int BLOCK = KvLayout.BLOCK;

    /** Scores of the group's rows, {@code [GROUP][64]}; after {@link #advance} their probabilities. */
    final float[] scores = new float[GROUP * BLOCK];
    /** The first key that each of them sees. */
    final int[] from = new int[GROUP];
    /** The key after the last one that each of them sees. */
    final int[] to = new int[GROUP];
    /** What the outputs and sums of the group's rows are multiplied by before a block is added. */
    final float[] factors = new float[GROUP];
    /** The maximum of each row of the split. */
    private float[] maxima = new float[0];
    /** The 16 sums of probabilities of each row of the split. */
    private float[] sums = new float[0];

    /** For the first block of so many rows. */
    void begin(int rows) {
        if (maxima.length < rows) {
            int groups = (rows + GROUP - 1) / GROUP;
            maxima = new float[groups * GROUP];
            sums = new float[groups * GROUP * Numerics.LANES];
        }
        Arrays.fill(sums, 0, rows * Numerics.LANES, 0);
        Arrays.fill(maxima, 0, rows, Float.NEGATIVE_INFINITY);
    }

    /** Which keys of a block at this distance row {@code i} of the group, at {@code offset} of its own block, sees. */
    void see(AttentionShape shape, int distance, int offset, int i) {
        from[i] = shape.window() == 0 ? 0 : Math.max(0, BLOCK * distance + offset - shape.window() + 1);
        to[i] = distance == 0 ? offset + 1 : BLOCK;
    }

    /** Takes the group's scores in, {@code first} being its first row: they become probabilities, and {@link #factors} is set. */
    void advance(AttentionShape shape, int first, int group) {
        if (shape.softcap() != 0) {
            VectorMath.softcap(scores, 0, group * BLOCK, shape.softcap());
        }
        for (int i = 0; i < group; i++) {
            if (to[i] - from[i] < BLOCK) {
                Arrays.fill(scores, i * BLOCK, i * BLOCK + from[i], Float.NEGATIVE_INFINITY);
                Arrays.fill(scores, i * BLOCK + to[i], (i + 1) * BLOCK, Float.NEGATIVE_INFINITY);
            }
        }
        RowSoftmax.maxima(scores, group, factors);
        RowSoftmax.factors(maxima, first, group, factors);
        RowSoftmax.probabilities(scores, group, maxima, first, factors, sums);
    }

    /** Multiplies outputs of {@code count} rows of the group, the first at {@code outputs[at]}, by their factors. */
    void scale(int i, int count, int headDim, float[] outputs, int at, int stride) {
        for (int row = 0; row < count; row++) {
            float factor = factors[i + row];
            int output = at + row * stride;
            for (int d = 0; d < headDim; d += COUNT) {
                FloatVector.fromArray(FLOATS, outputs, output + d).mul(factor).intoArray(outputs, output + d);
            }
        }
    }

    /** The maximum of a row of the split. */
    float maximum(int row) {
        return maxima[row];
    }

    /** The sum of a row's probabilities. */
    float sum(int row) {
        return Numerics.sum16(sums, row * Numerics.LANES);
    }
}
