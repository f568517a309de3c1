package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Quantizes full blocks from the format in which they were written to the one in which they are kept, once: later tokens
 * see the result, so it decides bits, and all backends use this code. {@link KvNumbers} is what comes out again.
 *
 * <p>A scale is the largest magnitude over 127, or the range over 15, rounded to binary16 as a minimum is; a code is
 * {@code x / scale}, or {@code (x - minimum) / scale}, rounded to the nearest, of two the even one, and kept in its range.
 * A scale of 0 has codes 0. Not thread-safe: one a worker.
 */
public final class BlockSealing {
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int LARGEST_CODE = 127;
    private static final int LARGEST_NIBBLE = 15;

    private float[] numbers = new float[0];
    private byte[] codes = new byte[0];

    /** Seals one KV head of one layer. Source and target are of the same model; only the target's format is a quantized one. */
    public void seal(BlockPayload written, BlockPayload target, int layerInGroup, int kvHead) {
        KvLayout from = written.layout();
        KvLayout to = target.layout();
        int count = BLOCK * to.headDim();
        if (numbers.length < count) {
            numbers = new float[count];
            codes = new byte[count];
        }
        load(written.bytes(), from.keyOffset(layerInGroup, kvHead), count);
        sealKeys(target.bytes(), to, to.keyOffset(layerInGroup, kvHead));
        load(written.bytes(), from.valueOffset(layerInGroup, kvHead), count);
        long valueOffset = to.valueOffset(layerInGroup, kvHead);
        switch (to.format()) {
            case I8 -> sealValues(target.bytes(), to, valueOffset);
            case K8V4 -> sealNibbles(target.bytes(), to, valueOffset);
            case F32, F16 -> throw new IllegalArgumentException(to.format() + " blocks are kept as they were written");
        }
    }

    private void load(MemorySegment bytes, long offset, int count) {
        for (int i = 0; i < count; i++) {
            numbers[i] = Float.float16ToFloat(bytes.get(F16, offset + 2L * i));
        }
    }

    private void sealKeys(MemorySegment target, KvLayout layout, long keyOffset) {
        for (int d = 0; d < layout.headDim(); d++) {
            short scale = sealSigned(d * BLOCK, BLOCK);
            target.set(F16, keyOffset + layout.keyScales() + 2L * d, scale);
        }
        store(target, keyOffset, BLOCK * layout.headDim());
    }

    private void sealValues(MemorySegment target, KvLayout layout, long valueOffset) {
        int count = BLOCK * layout.headDim();
        int group = layout.valueGroup();
        for (int i = 0; i < count; i += group) {
            target.set(F16, valueOffset + layout.valueScales() + 2L * (i / group), sealSigned(i, group));
        }
        store(target, valueOffset, count);
    }

    private void sealNibbles(MemorySegment target, KvLayout layout, long valueOffset) {
        int half = BLOCK / 2 * layout.headDim();
        int group = layout.valueGroup();
        for (int i = 0; i < 2 * half; i += group) {
            short minimum = Float.floatToFloat16(smallest(i, i + group));
            float range = largest(i, i + group) - Float.float16ToFloat(minimum);
            short scale = Float.floatToFloat16(range / LARGEST_NIBBLE);
            quantize(i, i + group, Float.float16ToFloat(minimum), Float.float16ToFloat(scale), 0, LARGEST_NIBBLE);
            target.set(F16, valueOffset + layout.valueScales() + 2L * (i / group), scale);
            target.set(F16, valueOffset + layout.valueMinima() + 2L * (i / group), minimum);
        }
        for (int i = 0; i < half; i++) {
            codes[i] = (byte) (codes[i] | codes[i + half] << 4);
        }
        store(target, valueOffset, half);
    }

    /** Signed codes of {@code count} numbers; returns their scale. */
    private short sealSigned(int from, int count) {
        float magnitude = 0;
        for (int i = from; i < from + count; i++) {
            magnitude = Math.max(magnitude, Math.abs(numbers[i]));
        }
        short scale = Float.floatToFloat16(magnitude / LARGEST_CODE);
        quantize(from, from + count, 0, Float.float16ToFloat(scale), -LARGEST_CODE, LARGEST_CODE);
        return scale;
    }

    private void quantize(int from, int to, float minimum, float scale, int lowest, int highest) {
        for (int i = from; i < to; i++) {
            double steps = scale == 0 ? 0 : Math.rint((numbers[i] - minimum) / scale);
            codes[i] = (byte) Math.max(lowest, Math.min(highest, (int) steps));
        }
    }

    private float smallest(int from, int to) {
        float smallest = numbers[from];
        for (int i = from + 1; i < to; i++) {
            smallest = Math.min(smallest, numbers[i]);
        }
        return smallest;
    }

    private float largest(int from, int to) {
        float largest = numbers[from];
        for (int i = from + 1; i < to; i++) {
            largest = Math.max(largest, numbers[i]);
        }
        return largest;
    }

    private void store(MemorySegment target, long offset, int count) {
        MemorySegment.copy(codes, 0, target, ValueLayout.JAVA_BYTE, offset, count);
    }
}
