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
 * Scores of a chunk's blocks by their summaries: the lanes of a vector are blocks, two vectors of them are scored for four
 * queries at once, and each number of a summary is brought to f32 once for these.
 */
final class SummaryScores {
    private static final int ROWS = 4;
    private static final int COLUMNS = 2 * COUNT;
    private static final long VECTOR_BYTES = (long) COUNT * Float.BYTES;

    /** The queries, filled up with zeros to a multiple of {@link #ROWS} rows. */
    private float[] padded = new float[0];
    /** Scores of four queries, those of the zeros among them. */
    private final float[] tile = new float[ROWS * SummaryLayout.BLOCKS];

    void score(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride) {
        pad(queries, from, rows, headDim);
        for (int row = 0; row < rows; row += ROWS) {
            for (int column = 0; column < SummaryLayout.BLOCKS; column += COLUMNS) {
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
        FloatVector mean0Left = zero;
        FloatVector mean0Right = zero;
        FloatVector mean1Left = zero;
        FloatVector mean1Right = zero;
        FloatVector mean2Left = zero;
        FloatVector mean2Right = zero;
        FloatVector mean3Left = zero;
        FloatVector mean3Right = zero;
        FloatVector variance0Left = zero;
        FloatVector variance0Right = zero;
        FloatVector variance1Left = zero;
        FloatVector variance1Right = zero;
        FloatVector variance2Left = zero;
        FloatVector variance2Right = zero;
        FloatVector variance3Left = zero;
        FloatVector variance3Right = zero;
        for (int d = 0; d < headDim; d++) {
            long meanAt = offset + BlockSummary.means(d) + column;
            FloatVector meanLeft = Lanes.toFloats(Lanes.bytes(chunk, meanAt));
            FloatVector meanRight = Lanes.toFloats(Lanes.bytes(chunk, meanAt + COUNT));
            long deviationAt = offset + BlockSummary.deviations(headDim, d) + column;
            FloatVector deviationLeft = Lanes.toFloats(Lanes.bytes(chunk, deviationAt));
            FloatVector deviationRight = Lanes.toFloats(Lanes.bytes(chunk, deviationAt + COUNT));
            FloatVector query0 = FloatVector.broadcast(FLOATS, queries[query + d]);
            mean0Left = meanLeft.fma(query0, mean0Left);
            mean0Right = meanRight.fma(query0, mean0Right);
            FloatVector spread0Left = deviationLeft.mul(query0);
            FloatVector spread0Right = deviationRight.mul(query0);
            variance0Left = spread0Left.fma(spread0Left, variance0Left);
            variance0Right = spread0Right.fma(spread0Right, variance0Right);
            FloatVector query1 = FloatVector.broadcast(FLOATS, queries[query + headDim + d]);
            mean1Left = meanLeft.fma(query1, mean1Left);
            mean1Right = meanRight.fma(query1, mean1Right);
            FloatVector spread1Left = deviationLeft.mul(query1);
            FloatVector spread1Right = deviationRight.mul(query1);
            variance1Left = spread1Left.fma(spread1Left, variance1Left);
            variance1Right = spread1Right.fma(spread1Right, variance1Right);
            FloatVector query2 = FloatVector.broadcast(FLOATS, queries[query + 2 * headDim + d]);
            mean2Left = meanLeft.fma(query2, mean2Left);
            mean2Right = meanRight.fma(query2, mean2Right);
            FloatVector spread2Left = deviationLeft.mul(query2);
            FloatVector spread2Right = deviationRight.mul(query2);
            variance2Left = spread2Left.fma(spread2Left, variance2Left);
            variance2Right = spread2Right.fma(spread2Right, variance2Right);
            FloatVector query3 = FloatVector.broadcast(FLOATS, queries[query + 3 * headDim + d]);
            mean3Left = meanLeft.fma(query3, mean3Left);
            mean3Right = meanRight.fma(query3, mean3Right);
            FloatVector spread3Left = deviationLeft.mul(query3);
            FloatVector spread3Right = deviationRight.mul(query3);
            variance3Left = spread3Left.fma(spread3Left, variance3Left);
            variance3Right = spread3Right.fma(spread3Right, variance3Right);
        }
        long meanScales = offset + BlockSummary.meanScales(headDim) + (long) column * Float.BYTES;
        long deviationScales = offset + BlockSummary.deviationScales(headDim) + (long) column * Float.BYTES;
        FloatVector meanScaleLeft = FloatVector.fromMemorySegment(FLOATS, chunk, meanScales, ORDER);
        FloatVector spreadScaleLeft = FloatVector.fromMemorySegment(FLOATS, chunk, deviationScales, ORDER).mul(2);
        FloatVector meanScaleRight = FloatVector.fromMemorySegment(FLOATS, chunk, meanScales + VECTOR_BYTES, ORDER);
        FloatVector spreadScaleRight = FloatVector.fromMemorySegment(FLOATS, chunk, deviationScales + VECTOR_BYTES, ORDER).mul(2);
        spreadScaleLeft.fma(variance0Left.sqrt(), mean0Left.mul(meanScaleLeft)).intoArray(tile, column);
        spreadScaleRight.fma(variance0Right.sqrt(), mean0Right.mul(meanScaleRight)).intoArray(tile, column + COUNT);
        spreadScaleLeft.fma(variance1Left.sqrt(), mean1Left.mul(meanScaleLeft)).intoArray(tile, SummaryLayout.BLOCKS + column);
        spreadScaleRight.fma(variance1Right.sqrt(), mean1Right.mul(meanScaleRight)).intoArray(tile, SummaryLayout.BLOCKS + column + COUNT);
        spreadScaleLeft.fma(variance2Left.sqrt(), mean2Left.mul(meanScaleLeft)).intoArray(tile, 2 * SummaryLayout.BLOCKS + column);
        spreadScaleRight.fma(variance2Right.sqrt(), mean2Right.mul(meanScaleRight)).intoArray(tile, 2 * SummaryLayout.BLOCKS + column + COUNT);
        spreadScaleLeft.fma(variance3Left.sqrt(), mean3Left.mul(meanScaleLeft)).intoArray(tile, 3 * SummaryLayout.BLOCKS + column);
        spreadScaleRight.fma(variance3Right.sqrt(), mean3Right.mul(meanScaleRight)).intoArray(tile, 3 * SummaryLayout.BLOCKS + column + COUNT);
    }
}
