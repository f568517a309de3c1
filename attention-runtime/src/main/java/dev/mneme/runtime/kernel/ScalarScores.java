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
    private final float[] deviations = new float[Numerics.LANES];
    private float maximum;

    float ofSummary(MemorySegment chunk, long offset, int row, int headDim, float[] queries, int query) {
        Arrays.fill(lanes, 0);
        Arrays.fill(deviations, 0);
        for (int d = 0; d < headDim; d++) {
            int lane = d % Numerics.LANES;
            float q = queries[query + d];
            byte mean = chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.means(d) + row);
            byte deviation = chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.deviations(headDim, d) + row);
            lanes[lane] = Math.fma(mean, q, lanes[lane]);
            deviations[lane] = Math.fma(deviation, Math.abs(q), deviations[lane]);
        }
        float meanScale = BlockSummary.scale(chunk, offset + BlockSummary.meanScales(headDim), row);
        float deviationScale = BlockSummary.scale(chunk, offset + BlockSummary.deviationScales(headDim), row);
        for (int l = 0; l < Numerics.LANES; l++) {
            lanes[l] = Math.fma(deviations[l], deviationScale, lanes[l] * meanScale);
        }
        return Numerics.sum16(lanes, 0);
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
