package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** How well a block suits one query head: by its summary, or by its keys. */
final class ScalarScores {
    private final float[] scores = new float[KvLayout.BLOCK];
    private final float[] lanes = new float[Numerics.LANES];
    private float maximum;

    float ofSummary(MemorySegment chunk, long offset, int row, int headDim, float[] queries, int query) {
        float mean = 0;
        float variance = 0;
        for (int d = 0; d < headDim; d++) {
            float q = queries[query + d];
            byte deviation = chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.deviations(headDim, d) + row);
            float spread = deviation * q;
            mean = Math.fma(chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.means(d) + row), q, mean);
            variance = Math.fma(spread, spread, variance);
        }
        float meanScale = BlockSummary.scale(chunk, offset + BlockSummary.meanScales(headDim), row);
        float deviationScale = BlockSummary.scale(chunk, offset + BlockSummary.deviationScales(headDim), row);
        return Math.fma(2 * deviationScale, (float) Math.sqrt(variance), mean * meanScale);
    }

    void ofKeys(AttentionShape shape, BlockPayload payload, long keyOffset, float[] queries, int query) {
        maximum = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < KvLayout.BLOCK; j++) {
            scores[j] = ScalarAttention.score(shape, payload, keyOffset, j, queries, query);
            maximum = Math.max(maximum, scores[j]);
        }
        Arrays.fill(lanes, 0);
        for (int j = 0; j < KvLayout.BLOCK; j++) {
            lanes[j % Numerics.LANES] += Numerics.exp(scores[j] - maximum);
        }
    }

    /** Highest score of the last block's keys. */
    float maximum() {
        return maximum;
    }

    /** Sum of {@code exp(score - maximum)} over the last block's keys. */
    float sum() {
        return Numerics.sum16(lanes, 0);
    }
}
