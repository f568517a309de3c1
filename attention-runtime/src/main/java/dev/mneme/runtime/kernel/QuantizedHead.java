package dev.mneme.runtime.kernel;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One KV head of a quantized block, copied to the heap: codes as they are, scales and minima brought to f32. Code that
 * reads vectors from native memory is compiled for all kinds of it that the process has, weights in a mapped file among
 * them, and tells them apart at each vector; the copy costs less. Not thread-safe.
 */
final class QuantizedHead {
    /** Signed codes {@code [headDim][64]}. */
    byte[] keys = new byte[0];
    /** By dimension. */
    float[] keyScales = new float[0];
    /** Signed codes {@code [64][headDim]}, or pairs of nibbles {@code [32][headDim]}. */
    byte[] values = new byte[0];
    /** Number i of the values has scale {@code i >> shift}. */
    float[] valueScales = new float[0];
    /** Those of nibbles, by the same index. */
    float[] valueMinima = new float[0];
    int shift;

    void readKeys(BlockPayload payload, long keyOffset) {
        KvLayout layout = payload.layout();
        if (keyScales.length < layout.headDim()) {
            keyScales = new float[layout.headDim()];
            keys = new byte[KvLayout.BLOCK * layout.headDim()];
        }
        copy(payload, keyOffset, layout.keyScales(), keys);
        toFloats(payload, keyOffset + layout.keyScales(), layout.headDim(), keyScales);
    }

    void readValues(BlockPayload payload, long valueOffset) {
        KvLayout layout = payload.layout();
        int count = KvLayout.BLOCK * layout.valueGroups();
        if (values.length < KvLayout.BLOCK * layout.headDim()) {
            values = new byte[KvLayout.BLOCK * layout.headDim()];
        }
        if (valueScales.length < count) {
            valueScales = new float[count];
            valueMinima = new float[count];
        }
        shift = Integer.numberOfTrailingZeros(layout.valueGroup());
        copy(payload, valueOffset, layout.valueScales(), values);
        toFloats(payload, valueOffset + layout.valueScales(), count, valueScales);
        if (layout.format() == KvFormat.K8V4) {
            toFloats(payload, valueOffset + layout.valueMinima(), count, valueMinima);
        }
    }

    private static void copy(BlockPayload payload, long offset, long count, byte[] target) {
        MemorySegment.copy(payload.bytes(), ValueLayout.JAVA_BYTE, offset, target, 0, (int) count);
    }

    /** By integers: too few for the other loop. */
    private static void toFloats(BlockPayload payload, long offset, int count, float[] target) {
        HalfFloats.toFloats(payload.bytes(), offset, count, target, 0, 16);
    }
}
