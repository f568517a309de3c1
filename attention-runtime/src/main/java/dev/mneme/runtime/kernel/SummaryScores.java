package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Scores of blocks by their summaries: each number of a summary is brought to f32 once for four query heads. */
final class SummaryScores {
    private static final int HEADS = 4;

    private final float[] lanes = new float[HEADS * Numerics.LANES];
    private final float[] sums = new float[HEADS];
    /** The queries, filled up with zeros to a multiple of {@link #HEADS} heads, and their magnitudes. */
    private float[] padded = new float[0];

    private float[] magnitudes = new float[0];

    void score(
            MemorySegment summaries, long offset, int blocks, int headDim, float[] queries, int heads,
            float[] scores, int place, int stride) {
        pad(queries, heads, headDim);
        int bytes = BlockSummary.bytes(headDim);
        for (int block = 0; block < blocks; block++) {
            long at = offset + (long) block * bytes;
            float meanScale = BlockSummary.meanScale(summaries, at, headDim);
            float deviationScale = BlockSummary.deviationScale(summaries, at, headDim);
            for (int head = 0; head < heads; head += HEADS) {
                fourHeads(summaries, at, headDim, head * headDim, meanScale, deviationScale);
                LaneSums.four(lanes, 0, sums, 0, 1, 2, 3);
                for (int i = 0; i < Math.min(HEADS, heads - head); i++) {
                    scores[(head + i) * stride + place + block] = sums[i];
                }
            }
        }
    }

    private void pad(float[] queries, int heads, int headDim) {
        int length = (heads + HEADS - 1) / HEADS * HEADS * headDim;
        if (padded.length < length) {
            padded = new float[length];
            magnitudes = new float[length];
        }
        System.arraycopy(queries, 0, padded, 0, heads * headDim);
        Arrays.fill(padded, heads * headDim, length, 0);
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(padded[i]);
        }
    }

    private void fourHeads(
            MemorySegment summaries, long at, int headDim, int query, float meanScale, float deviationScale) {
        int second = query + headDim;
        int third = second + headDim;
        int fourth = third + headDim;
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            FloatVector means0 = FloatVector.zero(FLOATS);
            FloatVector means1 = means0;
            FloatVector means2 = means0;
            FloatVector means3 = means0;
            FloatVector deviations0 = means0;
            FloatVector deviations1 = means0;
            FloatVector deviations2 = means0;
            FloatVector deviations3 = means0;
            for (int d = part; d < headDim; d += Numerics.LANES) {
                FloatVector mean = Lanes.toFloats(Lanes.bytes(summaries, at + d));
                means0 = mean.fma(FloatVector.fromArray(FLOATS, padded, query + d), means0);
                means1 = mean.fma(FloatVector.fromArray(FLOATS, padded, second + d), means1);
                means2 = mean.fma(FloatVector.fromArray(FLOATS, padded, third + d), means2);
                means3 = mean.fma(FloatVector.fromArray(FLOATS, padded, fourth + d), means3);
                FloatVector deviation = Lanes.toFloats(Lanes.bytes(summaries, at + headDim + d));
                deviations0 = deviation.fma(FloatVector.fromArray(FLOATS, magnitudes, query + d), deviations0);
                deviations1 = deviation.fma(FloatVector.fromArray(FLOATS, magnitudes, second + d), deviations1);
                deviations2 = deviation.fma(FloatVector.fromArray(FLOATS, magnitudes, third + d), deviations2);
                deviations3 = deviation.fma(FloatVector.fromArray(FLOATS, magnitudes, fourth + d), deviations3);
            }
            FloatVector scale = FloatVector.broadcast(FLOATS, deviationScale);
            deviations0.fma(scale, means0.mul(meanScale)).intoArray(lanes, part);
            deviations1.fma(scale, means1.mul(meanScale)).intoArray(lanes, Numerics.LANES + part);
            deviations2.fma(scale, means2.mul(meanScale)).intoArray(lanes, 2 * Numerics.LANES + part);
            deviations3.fma(scale, means3.mul(meanScale)).intoArray(lanes, 3 * Numerics.LANES + part);
        }
    }
}
