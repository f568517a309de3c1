package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvNumbers;
import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;

/** One query head over one split, block after block. */
final class ScalarAttention {
    private static final int BLOCK = KvLayout.BLOCK;

    private final float[] probabilities = new float[BLOCK];
    private final float[] sums = new float[Numerics.LANES];
    private float[] rotated = new float[0];
    private float[] outputs = new float[0];
    private float[] queries = new float[0];
    private int queryOffset;
    private float maximum;
    private AttentionShape shape = new AttentionShape(0, 0, 0, 0, 0);

    void begin(AttentionShape newShape, float[] newQueries, int newQueryOffset) {
        shape = newShape;
        queries = newQueries;
        queryOffset = newQueryOffset;
        if (outputs.length < shape.headDim()) {
            rotated = new float[shape.headDim()];
            outputs = new float[shape.headDim()];
        }
        maximum = Float.NEGATIVE_INFINITY;
        Arrays.fill(sums, 0);
        Arrays.fill(outputs, 0);
    }

    void addBlock(AttentionTile tile, int token, int entry, int layerInGroup, int kvHead) {
        int offset = tile.offset() + token;
        rotate(tile, entry, offset);
        int distance = tile.plan().distance(entry);
        int from = shape.window() == 0 ? 0 : Math.max(0, BLOCK * distance + offset - shape.window() + 1);
        int to = distance == 0 ? offset + 1 : BLOCK;
        BlockPayload payload = tile.payloads()[entry];
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        long valueOffset = payload.layout().valueOffset(layerInGroup, kvHead);
        float newMaximum = maximum;
        for (int j = from; j < to; j++) {
            probabilities[j] = score(shape, payload, keyOffset, j, rotated, 0);
            newMaximum = Math.max(newMaximum, probabilities[j]);
        }
        float factor = Numerics.exp(maximum - newMaximum);
        maximum = newMaximum;
        for (int j = from; j < to; j++) {
            probabilities[j] = Numerics.exp(probabilities[j] - maximum);
        }
        addProbabilities(from, to, factor);
        for (int d = 0; d < shape.headDim(); d++) {
            float output = outputs[d] * factor;
            for (int j = from; j < to; j++) {
                output = Math.fma(probabilities[j], KvNumbers.value(payload, valueOffset, j, d), output);
            }
            outputs[d] = output;
        }
    }

    void end(float[] partials, int offset) {
        System.arraycopy(outputs, 0, partials, offset, shape.headDim());
        partials[offset + shape.headDim()] = maximum;
        partials[offset + shape.headDim() + 1] = Numerics.sum16(sums, 0);
    }

    private void rotate(AttentionTile tile, int entry, int offset) {
        Rotation.rotate(queries, queryOffset, shape.headDim(), tile.pages()[entry], offset, rotated, 0);
        for (int d = 0; d < shape.headDim(); d++) {
            rotated[d] *= shape.scale();
        }
    }

    /** Score of one key for a query that is rotated and scaled. */
    static float score(
            AttentionShape shape, BlockPayload payload, long keyOffset, int key, float[] queries, int query) {
        float score = 0;
        for (int d = 0; d < shape.headDim(); d++) {
            score = Math.fma(queries[query + d], KvNumbers.key(payload, keyOffset, d, key), score);
        }
        return shape.softcap() == 0 ? score : Numerics.softcap(score, shape.softcap());
    }

    private void addProbabilities(int from, int to, float factor) {
        for (int l = 0; l < Numerics.LANES; l++) {
            sums[l] *= factor;
        }
        for (int j = from; j < to; j++) {
            sums[j % Numerics.LANES] += probabilities[j];
        }
    }
}
