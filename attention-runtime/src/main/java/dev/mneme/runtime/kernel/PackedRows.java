package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTES;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Lanes.shorts;
import static dev.mneme.runtime.kernel.PackedWeights.FIFTH_BIT;
import static dev.mneme.runtime.kernel.PackedWeights.UPPER_PAIR;
import static dev.mneme.runtime.kernel.Scratch.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.BITWISE_BLEND;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Packed groups to f32, the same bits as {@link dev.mneme.runtime.gguf.TensorType#dequantize}, in the order
 * of a panel: 16 columns of four rows after another.
 *
 * <p>The loops end by an address that is reached ({@code !=}). One that counts, as far as the compiler can see, it would cut
 * into three, to check no address in the middle one; a row is so short that the other two took more than half the time.
 */
final class PackedRows {
    private PackedRows() {}

    /**
     * Writes a group to the address {@code to}.
     *
     * @param scales the group's, expanded
     */
    static void unpack(PackedWeights packed, long group, float[] scales, long to) {
        for (int part = 0; part < 16; part += COUNT) {
            unpack(packed, group, scales, to + part * 4L, part);
        }
    }

    private static void unpack(
            PackedWeights packed, long group, float[] scales, long to, int part) {
        int blocks = packed.columns / 32;
        int minimums = packed.minimumsAt;
        long codes = group + packed.codesAt + part * 4;
        long uppers = group + packed.upperBitsAt + part * PackedWeights.upperBytes(packed.type);
        switch (packed.type) {
            case Q4_0 -> signed4(codes, blocks, scales, to);
            case Q4_1, Q4_K -> unsigned4(codes, blocks, scales, minimums, to);
            case Q5_0 -> signed5(codes, uppers, blocks, scales, to);
            case Q5_1, Q5_K -> unsigned5(codes, uppers, blocks, scales, minimums, to);
            case Q6_K -> signed6(codes, uppers, blocks, scales, to);
            default -> throw new IllegalArgumentException("no packed form of " + packed.type);
        }
    }

    private static void signed4(
            long codes, int blocks, float[] scales, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHL, 20).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHL, 12).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHL, 4).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) q.lanewise(LSHL, 24).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) q.lanewise(LSHL, 16).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) q.lanewise(LSHL, 8).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) q.lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 448, ORDER);
            b++;
        }
    }

    private static void unsigned4(
            long codes, int blocks, float[] scales, int minimums, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            ((FloatVector) q.and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHR, 8).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHR, 16).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHR, 24).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) q.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) q.lanewise(LSHR, 12).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) q.lanewise(LSHR, 20).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) q.lanewise(LSHR, 28)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 448, ORDER);
            b++;
        }
    }

    private static void signed5(
            long codes, long uppers, int blocks, float[] scales, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, ALL, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            ((FloatVector) q.lanewise(LSHL, 27).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 31), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHL, 19).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 29), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHL, 11).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 27), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHL, 3).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 25), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) q.lanewise(LSHL, 23).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) q.lanewise(LSHL, 15).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) q.lanewise(LSHL, 7).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) q.lanewise(LSHR, 1).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 448, ORDER);
            b++;
        }
    }

    private static void unsigned5(
            long codes, long uppers, int blocks, float[] scales, int minimums, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, ALL, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            ((FloatVector) q.lanewise(LSHL, 27).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 31), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHL, 19).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 29), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHL, 11).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 27), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHL, 3).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 25), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) q.lanewise(LSHL, 23).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) q.lanewise(LSHL, 15).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) q.lanewise(LSHL, 7).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) q.lanewise(LSHR, 1).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 448, ORDER);
            b++;
        }
    }

    private static void signed6(
            long codes, long uppers, int blocks, float[] scales, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = shorts(ALL, uppers + b * 32L);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 8]);
            ((FloatVector) q.lanewise(LSHL, 26).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 1]);
            ((FloatVector) q.lanewise(LSHL, 18).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 2]);
            ((FloatVector) q.lanewise(LSHL, 10).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 22), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 3]);
            ((FloatVector) q.lanewise(LSHL, 2).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 18), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 192, ORDER);
            scale0 = FloatVector.broadcast(FLOATS, scales[b * 8 + 4]);
            ((FloatVector) q.lanewise(LSHL, 22).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoMemorySegment(ALL, at + 256, ORDER);
            scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 5]);
            ((FloatVector) q.lanewise(LSHL, 14).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoMemorySegment(ALL, at + 320, ORDER);
            scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 6]);
            ((FloatVector) q.lanewise(LSHL, 6).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 20), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoMemorySegment(ALL, at + 384, ORDER);
            scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 7]);
            ((FloatVector) q.lanewise(LSHR, 2).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 16), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoMemorySegment(ALL, at + 448, ORDER);
            b++;
        }
    }
}
