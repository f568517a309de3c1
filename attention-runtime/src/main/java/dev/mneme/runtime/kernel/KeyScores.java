package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;

/** What the keys of a candidate block would weigh in a softmax, for many queries: see {@link Kernels#scoreKeys}. Not thread-safe. */
final class KeyScores {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int TILE = AttentionTiles.TILE;
    /** Rows that are taken together, so that the steps of their sums do not wait for each other. */
    private static final int GROUP = 16;

    private final BlockUnpacking unpacking = new BlockUnpacking();
    private final float[] scores = new float[GROUP * BLOCK];
    private final float[] maxima = new float[GROUP];
    private final float[] lanes = new float[GROUP * Numerics.LANES];
    private final float[] sums = new float[GROUP];
    private float[] keys = new float[0];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;

    void score(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] blockMaxima, float[] masses) {
        if (keys.length < shape.headDim() * BLOCK) {
            keys = new float[shape.headDim() * BLOCK];
        }
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, payload.layout().keyBytes());
        unpacking.keys(payload, keyOffset, keys);
        for (int row = 0; row < rows.count(); row += GROUP) {
            int group = Math.min(GROUP, rows.count() - row);
            score(queries, rows, row, group, shape.headDim());
            if (shape.softcap() != 0) {
                VectorMath.softcap(scores, 0, group * BLOCK, shape.softcap());
            }
            RowSoftmax.maxima(scores, group, maxima);
            RowSoftmax.sums(scores, group, maxima, lanes);
            LaneSums.sixteen(lanes, 0, sums, 0);
            for (int i = 0; i < group; i++) {
                int result = rows.result(row + i);
                blockMaxima[result] = maxima[i];
                masses[result] = sums[i];
            }
        }
    }

    private void score(float[] queries, ScoredRows rows, int row, int group, int headDim) {
        for (int i = 0; i < group; i += TILE) {
            int i1 = Math.min(i + 1, group - 1);
            int i2 = Math.min(i + 2, group - 1);
            int i3 = Math.min(i + 3, group - 1);
            for (int key = 0; key < BLOCK; key += 4 * COUNT) {
                AttentionTiles.score(
                        queries, rows.query(row + i), rows.query(row + i1), rows.query(row + i2), rows.query(row + i3), headDim, keys, key,
                        scores, i * BLOCK, i1 * BLOCK, i2 * BLOCK, i3 * BLOCK);
            }
        }
    }
}
