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
    static void unpack(TensorType type, MemorySegment source, long offset, int count, float[] target, int to, int step) {
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
            float minimum = half(source, offset + 2);
            for (int sub = 0; sub < 8; sub += 2) {
                FloatVector scale0 = FloatVector.broadcast(FLOATS, scale * subScale(source, offset + 4, sub));
                FloatVector minimum0 = FloatVector.broadcast(FLOATS, -(minimum * subMinimum(source, offset + 4, sub)));
                FloatVector scale1 = FloatVector.broadcast(FLOATS, scale * subScale(source, offset + 4, sub + 1));
                FloatVector minimum1 =
                        FloatVector.broadcast(FLOATS, -(minimum * subMinimum(source, offset + 4, sub + 1)));
                for (int p = 0; p < 32; p += COUNT) {
                    int at = to + (p >> 4) * step + (p & 15);
                    IntVector quants = bytes(source, offset + 16 + sub * 16L + p);
                    toFloats(quants.and(15)).fma(scale0, minimum0).intoArray(target, at);
                    toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15)).fma(scale1, minimum1)
                            .intoArray(target, at + 2 * step);
                }
                to += 4 * step;
            }
            offset += 144;
        }
    }

    private static void q5k(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int b = 0; b < blocks; b++) {
            float scale = half(source, offset);
            float minimum = half(source, offset + 2);
            for (int sub = 0; sub < 8; sub += 2) {
                FloatVector scale0 = FloatVector.broadcast(FLOATS, scale * subScale(source, offset + 4, sub));
                FloatVector minimum0 = FloatVector.broadcast(FLOATS, -(minimum * subMinimum(source, offset + 4, sub)));
                FloatVector scale1 = FloatVector.broadcast(FLOATS, scale * subScale(source, offset + 4, sub + 1));
                FloatVector minimum1 =
                        FloatVector.broadcast(FLOATS, -(minimum * subMinimum(source, offset + 4, sub + 1)));
                for (int p = 0; p < 32; p += COUNT) {
                    int at = to + (p >> 4) * step + (p & 15);
                    IntVector quants = bytes(source, offset + 48 + sub * 16L + p);
                    IntVector fifths = bytes(source, offset + 16 + p).lanewise(VectorOperators.LSHR, sub);
                    toFloats(quants.and(15).or(fifths.and(1).lanewise(VectorOperators.LSHL, 4)))
                            .fma(scale0, minimum0).intoArray(target, at);
                    toFloats(quants.lanewise(VectorOperators.LSHR, 4).and(15)
                                    .or(fifths.and(2).lanewise(VectorOperators.LSHL, 3)))
                            .fma(scale1, minimum1).intoArray(target, at + 2 * step);
                }
                to += 4 * step;
            }
            offset += 176;
        }
    }

    /** Sub-scale {@code sub} of 0…7: six bits, the upper ones of the last four in the spare bits of the first. */
    private static int subScale(MemorySegment source, long packed, int sub) {
        return sub < 4
                ? source.get(BYTE, packed + sub) & 63
                : source.get(BYTE, packed + sub + 4) & 15 | (source.get(BYTE, packed + sub - 4) & 0xC0) >>> 2;
    }

    /** Sub-minimum {@code sub} of 0…7, packed like the sub-scales. */
    private static int subMinimum(MemorySegment source, long packed, int sub) {
        return sub < 4
                ? source.get(BYTE, packed + sub + 4) & 63
                : source.get(BYTE, packed + sub + 4) >>> 4 & 15 | (source.get(BYTE, packed + sub) & 0xC0) >>> 2;
    }

    /** Halves of 128 values; in each, four quarters of 32 that share 64 bytes of low nibbles and 32 of high bit pairs. */
    private static void q6k(MemorySegment source, long offset, int blocks, float[] target, int to, int step) {
        for (int half = 0; half < 2 * blocks; half++) {
            long block = offset + (half >> 1) * 210L;
            int part = half & 1;
            float scale = half(source, block + 208);
            for (int within = 0; within < 32; within += 16) {
                long scales = block + 192 + part * 8L + (within >> 4);
                float scale0 = scale * source.get(BYTE, scales);
                float scale1 = scale * source.get(BYTE, scales + 2);
                float scale2 = scale * source.get(BYTE, scales + 4);
                float scale3 = scale * source.get(BYTE, scales + 6);
                for (int p = within; p < within + 16; p += COUNT) {
                    int at = to + (p >> 4) * step + (p & 15);
                    IntVector low0 = bytes(source, block + part * 64L + p);
                    IntVector low1 = bytes(source, block + part * 64L + 32 + p);
                    IntVector high = bytes(source, block + 128 + part * 32L + p);
                    toFloats(low0.and(15).or(high.and(3).lanewise(VectorOperators.LSHL, 4)).sub(32))
                            .mul(scale0).intoArray(target, at);
                    toFloats(low1.and(15).or(high.and(12).lanewise(VectorOperators.LSHL, 2)).sub(32))
                            .mul(scale1).intoArray(target, at + 2 * step);
                    toFloats(low0.lanewise(VectorOperators.LSHR, 4).and(15).or(high.and(48)).sub(32))
                            .mul(scale2).intoArray(target, at + 4 * step);
                    toFloats(low1.lanewise(VectorOperators.LSHR, 4).and(15)
                                    .or(high.and(192).lanewise(VectorOperators.LSHR, 2)).sub(32))
                            .mul(scale3).intoArray(target, at + 6 * step);
                }
            }
            to += 8 * step;
        }
    }
}
