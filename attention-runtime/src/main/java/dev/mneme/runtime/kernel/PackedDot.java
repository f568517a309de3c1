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
 * Dot products of a packed group's four rows with one input row: what a decoding session does with every weight. See
 * {@link FusedProduct} for why everything is written out.
 */
final class PackedDot {
    private PackedDot() {}

    /**
     * Leaves the 16 lanes of four sums at {@code sums[to]} on.
     *
     * @param scales the group's, expanded
     */
    static void multiply(PackedWeights packed, long group, float[] scales, float[] x, float[] sums, int to) {
        for (int part = 0; part < 16; part += COUNT) {
            multiply(packed, group, scales, x, part, sums, to + part);
        }
    }

    private static void multiply(
            PackedWeights packed, long group, float[] scales, float[] x, int part, float[] sums, int to) {
        int blocks = packed.columns / 32;
        int minimums = packed.minimumsAt;
        long codes = group + packed.codesAt + part * 4;
        long uppers = group + packed.upperBitsAt + part * PackedWeights.upperBytes(packed.type);
        switch (packed.type) {
            case Q4_0 -> signed4(codes, blocks, scales, x, part, sums, to);
            case Q4_1, Q4_K -> unsigned4(codes, blocks, scales, minimums, x, part, sums, to);
            case Q5_0 -> signed5(codes, uppers, blocks, scales, x, part, sums, to);
            case Q5_1, Q5_K -> unsigned5(codes, uppers, blocks, scales, minimums, x, part, sums, to);
            case Q6_K -> signed6(codes, uppers, blocks, scales, x, part, sums, to);
            default -> throw new IllegalArgumentException("no packed form of " + packed.type);
        }
    }

    private static void signed4(
            long codes, int blocks, float[] scales, float[] x, int from, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            s0 = ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) q.lanewise(LSHL, 24).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            s1 = ((FloatVector) q.lanewise(LSHL, 20).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            s2 = ((FloatVector) q.lanewise(LSHL, 12).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            s3 = ((FloatVector) q.lanewise(LSHL, 4).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) q.lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void unsigned4(
            long codes, int blocks, float[] scales, int minimums, float[] x, int
            from, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            s0 = ((FloatVector) q.and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x0, s0);
            s0 = ((FloatVector) q.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            s1 = ((FloatVector) q.lanewise(LSHR, 8).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x0, s1);
            s1 = ((FloatVector) q.lanewise(LSHR, 12).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            s2 = ((FloatVector) q.lanewise(LSHR, 16).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x0, s2);
            s2 = ((FloatVector) q.lanewise(LSHR, 20).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            s3 = ((FloatVector) q.lanewise(LSHR, 24).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x0, s3);
            s3 = ((FloatVector) q.lanewise(LSHR, 28)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x1, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void signed5(
            long codes, long uppers, int blocks, float[] scales, float[] x, int
            from, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, ALL, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            s0 = ((FloatVector) q.lanewise(LSHL, 27).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 31), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) q.lanewise(LSHL, 23).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            s1 = ((FloatVector) q.lanewise(LSHL, 19).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 29), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) q.lanewise(LSHL, 15).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            s2 = ((FloatVector) q.lanewise(LSHL, 11).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 27), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) q.lanewise(LSHL, 7).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            s3 = ((FloatVector) q.lanewise(LSHL, 3).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 25), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) q.lanewise(LSHR, 1).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), FIFTH_BIT).lanewise(ASHR, 27)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void unsigned5(
            long codes, long uppers, int blocks, float[] scales, int minimums,
            float[] x, int from, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, ALL, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            s0 = ((FloatVector) q.lanewise(LSHL, 27).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 31), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x0, s0);
            s0 = ((FloatVector) q.lanewise(LSHL, 23).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            s1 = ((FloatVector) q.lanewise(LSHL, 19).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 29), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x0, s1);
            s1 = ((FloatVector) q.lanewise(LSHL, 15).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            s2 = ((FloatVector) q.lanewise(LSHL, 11).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 27), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x0, s2);
            s2 = ((FloatVector) q.lanewise(LSHL, 7).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            s3 = ((FloatVector) q.lanewise(LSHL, 3).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 25), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x0, s3);
            s3 = ((FloatVector) q.lanewise(LSHR, 1).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), FIFTH_BIT).lanewise(LSHR, 27)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x1, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void signed6(
            long codes, long uppers, int blocks, float[] scales, float[] x, int
            from, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, ALL, codes + b * 64L, ORDER);
            IntVector u = shorts(ALL, uppers + b * 32L);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 8]);
            s0 = ((FloatVector) q.lanewise(LSHL, 26).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 30), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            scale0 = FloatVector.broadcast(FLOATS, scales[b * 8 + 4]);
            s0 = ((FloatVector) q.lanewise(LSHL, 22).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 28), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 1]);
            s1 = ((FloatVector) q.lanewise(LSHL, 18).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 26), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 5]);
            s1 = ((FloatVector) q.lanewise(LSHL, 14).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 24), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 2]);
            s2 = ((FloatVector) q.lanewise(LSHL, 10).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 22), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 6]);
            s2 = ((FloatVector) q.lanewise(LSHL, 6).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 20), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 3]);
            s3 = ((FloatVector) q.lanewise(LSHL, 2).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 18), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 7]);
            s3 = ((FloatVector) q.lanewise(LSHR, 2).lanewise(BITWISE_BLEND, u.lanewise(LSHL, 16), UPPER_PAIR).lanewise(ASHR, 26)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }
}
