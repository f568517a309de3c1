package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The number that stands at each place of a block: the definition of the formats, which {@link BlockSealing} inverts and
 * all kernels follow. Every step is one correctly rounded f32 operation.
 *
 * <ul>
 *   <li>Keys of 8 bits: a signed code times the scale of its dimension, which all 64 keys of the block share. Keys have
 *       dimensions of very different size, alike in all tokens.
 *   <li>Values of 8 bits: a signed code times the scale of {@link KvLayout#valueGroup} dimensions of one token.
 *   <li>Values of 4 bits: an unsigned code c as {@code fma(c, scale, minimum)}, with the scale and minimum of as many
 *       dimensions. Tokens i and i + 32 share bytes, the first has the low nibbles.
 * </ul>
 * Scales and minima are IEEE 754 binary16.
 */
public final class KvNumbers {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int HALF_BLOCK = BLOCK / 2;

    private KvNumbers() {}

    /** Dimension {@code d} of key {@code j} of the KV head whose K starts at {@code keyOffset}. */
    public static float key(BlockPayload payload, long keyOffset, int d, int j) {
        MemorySegment bytes = payload.bytes();
        int index = d * BLOCK + j;
        return switch (payload.layout().format()) {
            case F32 -> bytes.get(F32, keyOffset + 4L * index);
            case F16 -> half(bytes, keyOffset + 2L * index);
            case I8, K8V4 -> bytes.get(I8, keyOffset + index)
                    * half(bytes, keyOffset + payload.layout().keyScales() + 2L * d);
        };
    }

    /** Dimension {@code d} of value {@code j} of the KV head whose V starts at {@code valueOffset}. */
    public static float value(BlockPayload payload, long valueOffset, int j, int d) {
        KvLayout layout = payload.layout();
        MemorySegment bytes = payload.bytes();
        int index = j * layout.headDim() + d;
        return switch (layout.format()) {
            case F32 -> bytes.get(F32, valueOffset + 4L * index);
            case F16 -> half(bytes, valueOffset + 2L * index);
            case I8 -> bytes.get(I8, valueOffset + index)
                    * half(bytes, valueOffset + layout.valueScales() + group(layout, j, d));
            case K8V4 -> Math.fma(
                    nibble(bytes.get(I8, valueOffset + (long) (j % HALF_BLOCK) * layout.headDim() + d), j),
                    half(bytes, valueOffset + layout.valueScales() + group(layout, j, d)),
                    half(bytes, valueOffset + layout.valueMinima() + group(layout, j, d)));
        };
    }

    private static float nibble(byte pair, int j) {
        return (j < HALF_BLOCK ? pair : pair >> 4) & 15;
    }

    private static long group(KvLayout layout, int j, int d) {
        return 2L * (j * layout.valueGroups() + d / layout.valueGroup());
    }

    private static float half(MemorySegment bytes, long offset) {
        return Float.float16ToFloat(bytes.get(F16, offset));
    }
}
