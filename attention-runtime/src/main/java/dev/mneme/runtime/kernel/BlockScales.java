package dev.mneme.runtime.kernel;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;

/** Scales and minima of one KV head of a quantized block, brought to f32. Not thread-safe. */
final class BlockScales {
    float[] keys = new float[0];
    float[] values = new float[0];
    float[] minima = new float[0];
    /** Number {@code i} of the values has scale {@code i >> shift}. */
    int shift;

    void readKeys(BlockPayload payload, long keyOffset) {
        KvLayout layout = payload.layout();
        if (keys.length < layout.headDim()) {
            keys = new float[layout.headDim()];
        }
        HalfFloats.toFloats(payload.bytes(), keyOffset + layout.keyScales(), layout.headDim(), keys, 0, 16);
    }

    void readValues(BlockPayload payload, long valueOffset) {
        KvLayout layout = payload.layout();
        int count = KvLayout.BLOCK * layout.valueGroups();
        if (values.length < count) {
            values = new float[count];
            minima = new float[count];
        }
        shift = Integer.numberOfTrailingZeros(layout.valueGroup());
        HalfFloats.toFloats(payload.bytes(), valueOffset + layout.valueScales(), count, values, 0, 16);
        if (layout.format() == KvFormat.K8V4) {
            HalfFloats.toFloats(payload.bytes(), valueOffset + layout.valueMinima(), count, minima, 0, 16);
        }
    }
}
