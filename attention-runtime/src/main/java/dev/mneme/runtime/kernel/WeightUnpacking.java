package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTE;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INT;
import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Lanes.SHORT;
import static dev.mneme.runtime.kernel.Lanes.bytes;
import static dev.mneme.runtime.kernel.Lanes.toFloats;

import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Stored weights to f32, the same bits as {@link TensorType#dequantize}: all products are exact in
 * f32, so a fused multiply-add rounds just where the definition rounds its sum.
 *
 * <p>Always from native to heap memory. The reverse, a store to native memory inside the loop, makes
 * the compiler check the segment anew after each store (2.4 times slower).
 */
final class WeightUnpacking {
    private static final IntVector IOTA = Lanes.iota();

    private WeightUnpacking() {}

    /**
     * Writes {@code count} values from {@code offset} on to {@code target} from {@code to} on, each
     * 16 of them {@code step} further.
     */
    static void unpack(
            TensorType type, MemorySegment source, long offset, int count, float[] target, int to, int step) {
        int blocks = count / type.valuesPerBlock();
        switch (type) {
            case F32 -> f32(source, offset, count, target, to, step);
            case F16 -> HalfFloats.toFloats(source, offset, count, target, to, step);
            case BF16 -> bf16(source, offset, count, target, to, step);
            case Q4_0 -> q40(source, offset, blocks, target, to, step);
            case Q4_1 -> q41(source, offset, blocks, target, to, step);
            case Q5_0 -> q50(source, offset, blocks, target, to, step);
            case Q5_1 -> q51(source, offset, blocks, target, to, step);
            case Q8_0 -> q80(source, offset, blocks, target, to, step);
            case Q4_K -> q4k(source, offset, blocks, target, to, step);
            case Q5_K -> q5k(source, offset, blocks, target, to, step);
            case Q6_K -> q6k(source, offset, blocks, target, to, step);
        }
    }

    static void f32(MemorySegment source, long offset, int count, float[] target, int to, int step) {
        for (int i = 0; i < count; i += 16) {
            for (int p = 0; p < 16; p += COUNT) {
                FloatVector.fromMemorySegment(FLOATS, source, offset + 4L * (i + p), ORDER).intoArray(target, to + p);
            }
            to += step;
        }
    }

    private static void bf16(MemorySegment source, long offset, int count, float[] target, int to, int step) {
        for (int i = 0; i < count; i += 16) {
            for (int p = 0; p < 16; p += COUNT) {
                Lanes.shorts(source, offset + 2L * (i + p)).lanewise(VectorOperators.LSHL, 16)
                        .reinterpretAsFloats().intoArray(target, to + p);
            }
            to += step;
        }
    }

    private static float half(MemorySegment source, long offset) {
        return Float.float16ToFloat(source.get(SHORT, offset));
    }

    private static void q40(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            for (int p = 0; p < 16; p += COUNT) {
                IntVector quants = bytes(source, offset + 2 + p);
                toFloats(quants.and(15).sub(8)).mul(scale).intoArray(target, to + p);
                toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15).sub(8)).mul(scale)
                        .intoArray(target, to + step + p);
            }
            offset += 18;
            to += 2 * step;
        }
    }

    private static void q41(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            int halves = source.get(INT, offset);
            FloatVector scale = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) halves));
            FloatVector minimum = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) (halves >> 16)));
            for (int p = 0; p < 16; p += COUNT) {
                IntVector quants = bytes(source, offset + 4 + p);
                toFloats(quants.and(15)).fma(scale, minimum).intoArray(target, to + p);
                toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15)).fma(scale, minimum)
                        .intoArray(target, to + step + p);
            }
            offset += 20;
            to += 2 * step;
        }
    }

    private static void q50(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            IntVector fifths = IntVector.broadcast(INTS, source.get(INT, offset + 2));
            for (int p = 0; p < 16; p += COUNT) {
                IntVector quants = bytes(source, offset + 6 + p);
                IntVector fifth = fifths.lanewise(VectorOperators.LSHR, IOTA.add(p));
                toFloats(quants.and(15).or(fifth.lanewise(VectorOperators.LSHL, 4).and(16)).sub(16)).mul(scale)
                        .intoArray(target, to + p);
                toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15)
                                .or(fifth.lanewise(VectorOperators.LSHR, 12).and(16)).sub(16)).mul(scale)
                        .intoArray(target, to + step + p);
            }
            offset += 22;
            to += 2 * step;
        }
    }

    private static void q51(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            FloatVector scale = FloatVector.broadcast(FLOATS, half(source, offset));
            FloatVector minimum = FloatVector.broadcast(FLOATS, half(source, offset + 2));
            IntVector fifths = IntVector.broadcast(INTS, source.get(INT, offset + 4));
            for (int p = 0; p < 16; p += COUNT) {
                IntVector quants = bytes(source, offset + 8 + p);
                IntVector fifth = fifths.lanewise(VectorOperators.LSHR, IOTA.add(p));
                toFloats(quants.and(15).or(fifth.lanewise(VectorOperators.LSHL, 4).and(16)))
                        .fma(scale, minimum).intoArray(target, to + p);
                toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15)
                                .or(fifth.lanewise(VectorOperators.LSHR, 12).and(16)))
                        .fma(scale, minimum).intoArray(target, to + step + p);
            }
            offset += 24;
            to += 2 * step;
        }
    }

    private static void q80(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            for (int p = 0; p < 16; p += COUNT) {
                toFloats(bytes(source, offset + 2 + p)).mul(scale).intoArray(target, to + p);
                toFloats(bytes(source, offset + 18 + p)).mul(scale).intoArray(target, to + step + p);
            }
            offset += 34;
            to += 2 * step;
        }
    }

    private static void q4k(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            float minimum = -half(source, offset + 2);
            long scales = subScales(source, offset + 4);
            long minimums = subMinimums(source, offset + 4);
            for (int sub = 0; sub < 8; sub += 2) {
                nibbles32(source, offset + 16 + sub * 16L,
                        scale * (scales & 63), minimum * (minimums & 63),
                        scale * (scales >>> 8 & 63), minimum * (minimums >>> 8 & 63), target, to, step);
                scales >>>= 16;
                minimums >>>= 16;
                to += 4 * step;
            }
            offset += 144;
        }
    }

    /** 32 bytes: their low nibbles are 32 values, their high ones the next 32. */
    private static void nibbles32(
            MemorySegment source, long offset, float scale0, float minimum0, float scale1, float minimum1,
            float[] target, int to, int step) {
        for (int p = 0; p < 32; p += COUNT) {
            int at = to + (p >> 4) * step + (p & 15);
            IntVector quants = bytes(source, offset + p);
            toFloats(quants.and(15))
                    .fma(FloatVector.broadcast(FLOATS, scale0), FloatVector.broadcast(FLOATS, minimum0))
                    .intoArray(target, at);
            toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15))
                    .fma(FloatVector.broadcast(FLOATS, scale1), FloatVector.broadcast(FLOATS, minimum1))
                    .intoArray(target, at + 2 * step);
        }
    }

    private static void q5k(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            float minimum = -half(source, offset + 2);
            long scales = subScales(source, offset + 4);
            long minimums = subMinimums(source, offset + 4);
            for (int sub = 0; sub < 8; sub++) {
                fiveBits32(source, offset + 48 + (sub >> 1) * 32L, (sub & 1) * 4, offset + 16, sub,
                        scale * (scales & 63), minimum * (minimums & 63), target, to, step);
                scales >>>= 8;
                minimums >>>= 8;
                to += 2 * step;
            }
            offset += 176;
        }
    }

    private static void fiveBits32(
            MemorySegment source, long nibbles, int nibble, long fifths, int fifth, float scale, float minimum,
            float[] target, int to, int step) {
        for (int p = 0; p < 32; p += COUNT) {
            IntVector low = bytes(source, nibbles + p).lanewise(VectorOperators.LSHR, nibble).and(15);
            IntVector high = bytes(source, fifths + p).lanewise(VectorOperators.LSHR, fifth).and(1);
            toFloats(high.lanewise(VectorOperators.LSHL, 4).or(low))
                    .fma(FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, minimum))
                    .intoArray(target, to + (p >> 4) * step + (p & 15));
        }
    }

    /**
     * The eight sub-scales, one in the low six bits of each byte. Twelve bytes hold eight scales and
     * eight minimums of six bits: the first four scales, the first four minimums, then the low
     * nibbles of the last four of both, whose upper bits are in the spare ones of the first.
     */
    private static long subScales(MemorySegment source, long packed) {
        int first = source.get(INT, packed);
        int last = source.get(INT, packed + 8) & 0x0f0f0f0f | (first & 0xc0c0c0c0) >>> 2;
        return (first & 0xffffffffL) | (long) last << 32;
    }

    /** The eight sub-minimums, packed like the sub-scales. */
    private static long subMinimums(MemorySegment source, long packed) {
        int first = source.get(INT, packed + 4);
        int last = source.get(INT, packed + 8) >>> 4 & 0x0f0f0f0f | (first & 0xc0c0c0c0) >>> 2;
        return (first & 0xffffffffL) | (long) last << 32;
    }

    /**
     * A block is two halves of 128 values; a half has four quarters of 32, which share 64 bytes of
     * nibbles and 32 bytes of bit pairs; 16 values share a sub-scale.
     */
    private static void q6k(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset + 208);
            for (int group = 0; group < 8; group++) {
                int half = group >> 2;
                int quarter = group >> 1 & 1;
                int within = group & 1;
                long scales = offset + 192 + half * 8L + quarter * 2L + within;
                sixBits16(source, offset + half * 64L + quarter * 32L + within * 16L,
                        offset + 128 + half * 32L + within * 16L, quarter * 2,
                        scale * source.get(BYTE, scales), scale * source.get(BYTE, scales + 4),
                        target, to + (half * 8 + quarter * 2 + within) * step, 4 * step);
            }
            offset += 210;
            to += 16 * step;
        }
    }

    /** 16 values of a quarter, from low nibbles, and 16 of the next but one, from the same bytes' high nibbles. */
    private static void sixBits16(
            MemorySegment source, long nibbles, long pairs, int pair, float scale0, float scale2,
            float[] target, int to, int step) {
        for (int p = 0; p < 16; p += COUNT) {
            IntVector low = bytes(source, nibbles + p);
            IntVector high = bytes(source, pairs + p).lanewise(VectorOperators.LSHR, pair);
            toFloats(high.and(3).lanewise(VectorOperators.LSHL, 4).or(low.and(15)).sub(32)).mul(scale0)
                    .intoArray(target, to + p);
            toFloats(high.and(48).or(low.lanewise(VectorOperators.LSHR, 4).and(15)).sub(32)).mul(scale2)
                    .intoArray(target, to + step + p);
        }
    }
}
