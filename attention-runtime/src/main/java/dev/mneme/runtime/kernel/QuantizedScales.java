package dev.mneme.runtime.kernel;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;

/** Scales and minima of one KV head of a quantized block, brought to f32. Not thread-safe. */
final class QuantizedScales {
    /** By dimension. */
    float[] keys = new float[0];
    /** Number i of the values has scale {@code i >> shift}. */
    float[] values = new float[0];
    /** Those of nibbles, by the same index. */
    float[] minima = new float[0];
    int shift;

    void readKeys(BlockPayload payload, long keyOffset) {
        KvLayout layout = payload.layout();
        if (keys.length < layout.headDim()) {
            keys = new float[layout.headDim()];
        }
        toFloats(payload, keyOffset + layout.keyScales(), layout.headDim(), keys);
    }

    void readValues(BlockPayload payload, long valueOffset) {
        KvLayout layout = payload.layout();
        int count = KvLayout.BLOCK * layout.valueGroups();
        if (values.length < count) {
            values = new float[count];
            minima = new float[count];
        }
        shift = Integer.numberOfTrailingZeros(layout.valueGroup());
        toFloats(payload, valueOffset + layout.valueScales(), count, values);
        if (layout.format() == KvFormat.K8V4) {
            toFloats(payload, valueOffset + layout.valueMinima(), count, minima);
        }
    }

    /** By integers: too few for the other loop. */
    private static void toFloats(BlockPayload payload, long offset, int count, float[] target) {
        HalfFloats.toFloats(payload.bytes(), offset, count, target, 0, 16);
    }
}
