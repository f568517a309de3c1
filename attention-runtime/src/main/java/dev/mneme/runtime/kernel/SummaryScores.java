package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Scores of blocks by their summaries: four summaries are brought to f32 and then serve all query heads. */
final class SummaryScores {
    private static final int ROWS = 4;

    private final float[] lanes = new float[ROWS * Numerics.LANES];
    private final float[] last = new float[ROWS];
    private float[] unpacked = new float[0];
    private float[] magnitudes = new float[0];

    void score(
            MemorySegment summaries, long offset, int blocks, int headDim, float[] queries, int heads,
            float[] scores, int place, int stride) {
        reserve(headDim, heads);
        for (int i = 0; i < heads * headDim; i++) {
            magnitudes[i] = Math.abs(queries[i]);
        }
        int bytes = BlockSummary.bytes(headDim);
        for (int block = 0; block < blocks; block += ROWS) {
            int rows = Math.min(ROWS, blocks - block);
            for (int row = 0; row < rows; row++) {
                unpack(summaries, offset + (long) (block + row) * bytes, 2 * headDim,
                        unpacked, row * 2 * headDim);
            }
            for (int head = 0; head < heads; head++) {
                for (int row = 0; row < rows; row++) {
                    long at = offset + (long) (block + row) * bytes;
                    lanes(unpacked, row * 2 * headDim, queries, magnitudes, head * headDim, headDim,
                            BlockSummary.meanScale(summaries, at, headDim),
                            BlockSummary.deviationScale(summaries, at, headDim), lanes, row * Numerics.LANES);
                }
                LaneSums.four(lanes, 0, last, 0, 1, 2, 3);
                System.arraycopy(last, 0, scores, place + block + head * stride, rows);
            }
        }
    }

    private void reserve(int headDim, int heads) {
        if (unpacked.length < ROWS * 2 * headDim) {
            unpacked = new float[ROWS * 2 * headDim];
        }
        if (magnitudes.length < heads * headDim) {
            magnitudes = new float[heads * headDim];
        }
    }

    private static void unpack(MemorySegment summaries, long at, int count, float[] target, int to) {
        for (int i = 0; i < count; i += COUNT) {
            Lanes.toFloats(Lanes.bytes(summaries, at + i)).intoArray(target, to + i);
        }
    }

    private static void lanes(
            float[] unpacked, int row, float[] queries, float[] magnitudes, int query, int headDim,
            float meanScale, float deviationScale, float[] lanes, int to) {
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            FloatVector means = FloatVector.zero(FLOATS);
            FloatVector deviations = FloatVector.zero(FLOATS);
            for (int d = part; d < headDim; d += Numerics.LANES) {
                means = FloatVector.fromArray(FLOATS, unpacked, row + d)
                        .fma(FloatVector.fromArray(FLOATS, queries, query + d), means);
                deviations = FloatVector.fromArray(FLOATS, unpacked, row + headDim + d)
                        .fma(FloatVector.fromArray(FLOATS, magnitudes, query + d), deviations);
            }
            deviations.fma(FloatVector.broadcast(FLOATS, deviationScale), means.mul(meanScale))
                    .intoArray(lanes, to + part);
        }
    }
}
