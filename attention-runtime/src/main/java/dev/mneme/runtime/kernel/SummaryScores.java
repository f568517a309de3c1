package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Scores of a chunk's blocks by their summaries: the lanes of a vector are blocks, two vectors of them are scored for four
 * queries at once, and each number of a summary is brought to f32 once for these. The 16 partial sums of a score are made
 * one after the other.
 */
final class SummaryScores {
    private static final int ROWS = 4;
    private static final int COLUMNS = 2 * COUNT;
    /** Numbers that one of the 16 partial sums leaves. */
    private static final int LANE = ROWS * COLUMNS;

    private static final long VECTOR_BYTES = (long) COUNT * Float.BYTES;

    private final float[] lanes = new float[Numerics.LANES * LANE];
    /** The queries, filled up with zeros to a multiple of {@link #ROWS} rows, and their magnitudes. */
    private float[] padded = new float[0];

    private float[] magnitudes = new float[0];

    void score(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride) {
        pad(queries, from, rows, headDim);
        for (int row = 0; row < rows; row += ROWS) {
            for (int column = 0; column < SummaryLayout.BLOCKS; column += COLUMNS) {
                for (int lane = 0; lane < Numerics.LANES; lane++) {
                    partialSum(chunk, offset, column, headDim, row * headDim, lane);
                }
                for (int i = 0; i < Math.min(ROWS, rows - row); i++) {
                    int target = place + (row + i) * stride + column;
                    sum16(lanes, i * COLUMNS, scores, target);
                    sum16(lanes, i * COLUMNS + COUNT, scores, target + COUNT);
                }
            }
        }
    }

    private void pad(float[] queries, int from, int rows, int headDim) {
        int length = (rows + ROWS - 1) / ROWS * ROWS * headDim;
        if (padded.length < length) {
            padded = new float[length];
            magnitudes = new float[length];
        }
        System.arraycopy(queries, from, padded, 0, rows * headDim);
        Arrays.fill(padded, rows * headDim, length, 0);
        for (int i = 0; i < length; i += COUNT) {
            FloatVector.fromArray(FLOATS, padded, i).abs().intoArray(magnitudes, i);
        }
    }

    /** Partial sum {@code lane} of the blocks of two vectors, for four queries. */
    private void partialSum(MemorySegment chunk, long offset, int column, int headDim, int query, int lane) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector mean0Left = zero;
        FloatVector mean0Right = zero;
        FloatVector mean1Left = zero;
        FloatVector mean1Right = zero;
        FloatVector mean2Left = zero;
        FloatVector mean2Right = zero;
        FloatVector mean3Left = zero;
        FloatVector mean3Right = zero;
        FloatVector deviation0Left = zero;
        FloatVector deviation0Right = zero;
        FloatVector deviation1Left = zero;
        FloatVector deviation1Right = zero;
        FloatVector deviation2Left = zero;
        FloatVector deviation2Right = zero;
        FloatVector deviation3Left = zero;
        FloatVector deviation3Right = zero;
        for (int d = lane; d < headDim; d += Numerics.LANES) {
            int first = query + d;
            int second = first + headDim;
            int third = second + headDim;
            int fourth = third + headDim;
            long meanAt = offset + BlockSummary.means(d) + column;
            FloatVector meanLeft = Lanes.toFloats(Lanes.bytes(chunk, meanAt));
            FloatVector meanRight = Lanes.toFloats(Lanes.bytes(chunk, meanAt + COUNT));
            FloatVector query0 = FloatVector.broadcast(FLOATS, padded[first]);
            mean0Left = meanLeft.fma(query0, mean0Left);
            mean0Right = meanRight.fma(query0, mean0Right);
            FloatVector query1 = FloatVector.broadcast(FLOATS, padded[second]);
            mean1Left = meanLeft.fma(query1, mean1Left);
            mean1Right = meanRight.fma(query1, mean1Right);
            FloatVector query2 = FloatVector.broadcast(FLOATS, padded[third]);
            mean2Left = meanLeft.fma(query2, mean2Left);
            mean2Right = meanRight.fma(query2, mean2Right);
            FloatVector query3 = FloatVector.broadcast(FLOATS, padded[fourth]);
            mean3Left = meanLeft.fma(query3, mean3Left);
            mean3Right = meanRight.fma(query3, mean3Right);
            long deviationAt = offset + BlockSummary.deviations(headDim, d) + column;
            FloatVector deviationLeft = Lanes.toFloats(Lanes.bytes(chunk, deviationAt));
            FloatVector deviationRight = Lanes.toFloats(Lanes.bytes(chunk, deviationAt + COUNT));
            FloatVector magnitude0 = FloatVector.broadcast(FLOATS, magnitudes[first]);
            deviation0Left = deviationLeft.fma(magnitude0, deviation0Left);
            deviation0Right = deviationRight.fma(magnitude0, deviation0Right);
            FloatVector magnitude1 = FloatVector.broadcast(FLOATS, magnitudes[second]);
            deviation1Left = deviationLeft.fma(magnitude1, deviation1Left);
            deviation1Right = deviationRight.fma(magnitude1, deviation1Right);
            FloatVector magnitude2 = FloatVector.broadcast(FLOATS, magnitudes[third]);
            deviation2Left = deviationLeft.fma(magnitude2, deviation2Left);
            deviation2Right = deviationRight.fma(magnitude2, deviation2Right);
            FloatVector magnitude3 = FloatVector.broadcast(FLOATS, magnitudes[fourth]);
            deviation3Left = deviationLeft.fma(magnitude3, deviation3Left);
            deviation3Right = deviationRight.fma(magnitude3, deviation3Right);
        }
        long meanScales = offset + BlockSummary.meanScales(headDim) + (long) column * Float.BYTES;
        long deviationScales = offset + BlockSummary.deviationScales(headDim) + (long) column * Float.BYTES;
        FloatVector meanScaleLeft = FloatVector.fromMemorySegment(FLOATS, chunk, meanScales, ORDER);
        FloatVector deviationScaleLeft = FloatVector.fromMemorySegment(FLOATS, chunk, deviationScales, ORDER);
        FloatVector meanScaleRight = FloatVector.fromMemorySegment(FLOATS, chunk, meanScales + VECTOR_BYTES, ORDER);
        FloatVector deviationScaleRight = FloatVector.fromMemorySegment(FLOATS, chunk, deviationScales + VECTOR_BYTES, ORDER);
        int target = lane * LANE;
        deviation0Left.fma(deviationScaleLeft, mean0Left.mul(meanScaleLeft)).intoArray(lanes, target);
        deviation0Right.fma(deviationScaleRight, mean0Right.mul(meanScaleRight)).intoArray(lanes, target + 1 * COUNT);
        deviation1Left.fma(deviationScaleLeft, mean1Left.mul(meanScaleLeft)).intoArray(lanes, target + 2 * COUNT);
        deviation1Right.fma(deviationScaleRight, mean1Right.mul(meanScaleRight)).intoArray(lanes, target + 3 * COUNT);
        deviation2Left.fma(deviationScaleLeft, mean2Left.mul(meanScaleLeft)).intoArray(lanes, target + 4 * COUNT);
        deviation2Right.fma(deviationScaleRight, mean2Right.mul(meanScaleRight)).intoArray(lanes, target + 5 * COUNT);
        deviation3Left.fma(deviationScaleLeft, mean3Left.mul(meanScaleLeft)).intoArray(lanes, target + 6 * COUNT);
        deviation3Right.fma(deviationScaleRight, mean3Right.mul(meanScaleRight)).intoArray(lanes, target + 7 * COUNT);
    }

    /** {@link Numerics#sum16} of the partial sums of as many blocks as a vector has lanes. */
    private static void sum16(float[] lanes, int at, float[] target, int to) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, at)
                .add(FloatVector.fromArray(FLOATS, lanes, at + 8 * LANE))
                .add(FloatVector.fromArray(FLOATS, lanes, at + 4 * LANE)
                        .add(FloatVector.fromArray(FLOATS, lanes, at + 12 * LANE)));
        FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, at + LANE)
                .add(FloatVector.fromArray(FLOATS, lanes, at + 9 * LANE))
                .add(FloatVector.fromArray(FLOATS, lanes, at + 5 * LANE)
                        .add(FloatVector.fromArray(FLOATS, lanes, at + 13 * LANE)));
        FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, at + 2 * LANE)
                .add(FloatVector.fromArray(FLOATS, lanes, at + 10 * LANE))
                .add(FloatVector.fromArray(FLOATS, lanes, at + 6 * LANE)
                        .add(FloatVector.fromArray(FLOATS, lanes, at + 14 * LANE)));
        FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, at + 3 * LANE)
                .add(FloatVector.fromArray(FLOATS, lanes, at + 11 * LANE))
                .add(FloatVector.fromArray(FLOATS, lanes, at + 7 * LANE)
                        .add(FloatVector.fromArray(FLOATS, lanes, at + 15 * LANE)));
        s0.add(s2).add(s1.add(s3)).intoArray(target, to);
    }
}
