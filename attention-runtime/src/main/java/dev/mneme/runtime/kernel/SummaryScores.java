package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Scores of a chunk's blocks by their summaries: the lanes of a vector are blocks, scored for four queries at once, and each number of
 * a summary is brought to f32 once for these. (Two vectors at once are no faster, and so long a loop that some compilations box.)
 */
final class SummaryScores {
    private static final int ROWS = 4;

    /** The queries, filled up with zeros to a multiple of {@link #ROWS} rows. */
    private float[] padded = new float[0];
    /** Scores of four queries, those of the zeros among them. */
    private final float[] tile = new float[ROWS * SummaryLayout.BLOCKS];

    void score(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride) {
        pad(queries, from, rows, headDim);
        for (int row = 0; row < rows; row += ROWS) {
            for (int column = 0; column < SummaryLayout.BLOCKS; column += COUNT) {
                score(chunk, offset, column, headDim, padded, row * headDim, tile);
            }
            for (int i = 0; i < Math.min(ROWS, rows - row); i++) {
                System.arraycopy(
                        tile, i * SummaryLayout.BLOCKS, scores, place + (row + i) * stride, SummaryLayout.BLOCKS);
            }
        }
    }

    private void pad(float[] queries, int from, int rows, int headDim) {
        int length = (rows + ROWS - 1) / ROWS * ROWS * headDim;
        if (padded.length < length) {
            padded = new float[length];
        }
        System.arraycopy(queries, from, padded, 0, rows * headDim);
        Arrays.fill(padded, rows * headDim, length, 0);
    }

    private static void score(
            MemorySegment chunk, long offset, int column, int headDim, float[] queries, int query, float[] tile) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector mean0 = zero;
        FloatVector mean1 = zero;
        FloatVector mean2 = zero;
        FloatVector mean3 = zero;
        FloatVector variance0 = zero;
        FloatVector variance1 = zero;
        FloatVector variance2 = zero;
        FloatVector variance3 = zero;
        for (int d = 0; d < headDim; d++) {
            FloatVector mean = Lanes.toFloats(Lanes.bytes(chunk, offset + BlockSummary.means(d) + column));
            FloatVector deviation = Lanes.toFloats(Lanes.bytes(chunk, offset + BlockSummary.deviations(headDim, d) + column));
            FloatVector query0 = FloatVector.broadcast(FLOATS, queries[query + d]);
            mean0 = mean.fma(query0, mean0);
            FloatVector spread0 = deviation.mul(query0);
            variance0 = spread0.fma(spread0, variance0);
            FloatVector query1 = FloatVector.broadcast(FLOATS, queries[query + headDim + d]);
            mean1 = mean.fma(query1, mean1);
            FloatVector spread1 = deviation.mul(query1);
            variance1 = spread1.fma(spread1, variance1);
            FloatVector query2 = FloatVector.broadcast(FLOATS, queries[query + 2 * headDim + d]);
            mean2 = mean.fma(query2, mean2);
            FloatVector spread2 = deviation.mul(query2);
            variance2 = spread2.fma(spread2, variance2);
            FloatVector query3 = FloatVector.broadcast(FLOATS, queries[query + 3 * headDim + d]);
            mean3 = mean.fma(query3, mean3);
            FloatVector spread3 = deviation.mul(query3);
            variance3 = spread3.fma(spread3, variance3);
        }
        long scale = offset + (long) column * Float.BYTES;
        FloatVector meanScale = FloatVector.fromMemorySegment(FLOATS, chunk, scale + BlockSummary.meanScales(headDim), ORDER);
        FloatVector spreadScale = FloatVector.fromMemorySegment(FLOATS, chunk, scale + BlockSummary.deviationScales(headDim), ORDER)
                .mul(2);
        spreadScale.fma(variance0.sqrt(), mean0.mul(meanScale)).intoArray(tile, column);
        spreadScale.fma(variance1.sqrt(), mean1.mul(meanScale)).intoArray(tile, SummaryLayout.BLOCKS + column);
        spreadScale.fma(variance2.sqrt(), mean2.mul(meanScale)).intoArray(tile, 2 * SummaryLayout.BLOCKS + column);
        spreadScale.fma(variance3.sqrt(), mean3.mul(meanScale)).intoArray(tile, 3 * SummaryLayout.BLOCKS + column);
    }
}
