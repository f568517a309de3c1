package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;

/** What the keys of a candidate block would weigh in a softmax, for many queries: see {@link Kernels#scoreKeys}. Not thread-safe. */
final class KeyScores {
    private static final int GROUP = RunningSoftmax.GROUP;

    private final BlockUnpacking unpacking = new BlockUnpacking();
    private final float[] scores = new float[GROUP * KvLayout.BLOCK];
    private final float[] maxima = new float[GROUP];
    private final float[] sums = new float[GROUP * Numerics.LANES];
    private float[] rotated = new float[0];
    private float[] keys = new float[0];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;

    void score(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] blockMaxima, float[] masses) {
        int headDim = shape.headDim();
        if (keys.length < headDim * KvLayout.BLOCK) {
            rotated = new float[GROUP * headDim];
            keys = new float[headDim * KvLayout.BLOCK];
        }
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, payload.layout().keyBytes());
        unpacking.keys(payload, keyOffset, keys);
        for (int row = 0; row < rows.count(); row += GROUP) {
            int group = Math.min(GROUP, rows.count() - row);
            for (int i = 0; i < group; i++) {
                System.arraycopy(queries, rows.query(row + i), rotated, i * headDim, headDim);
            }
            AttentionTiles.scoreBlock(rotated, group, headDim, keys, scores);
            if (shape.softcap() != 0) {
                VectorMath.softcap(scores, 0, group * KvLayout.BLOCK, shape.softcap());
            }
            RowSoftmax.maxima(scores, group, maxima);
            RowSoftmax.sums(scores, group, maxima, sums);
            for (int i = 0; i < group; i++) {
                blockMaxima[rows.result(row + i)] = maxima[i];
                masses[rows.result(row + i)] = Numerics.sum16(sums, i * Numerics.LANES);
            }
        }
    }
}
