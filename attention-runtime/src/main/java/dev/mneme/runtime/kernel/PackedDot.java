package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTES;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Scratch.ALL;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Dot products of a packed group's four rows with one input row: what a decoding session does with every weight. See
 * {@link FusedProduct} for why everything is written out, and {@link PackedRows} for how the loops end.
 *
 * <p>Where a vector has 16 lanes, a row's block makes a table of what its 16 nibbles stand for, and weights are looked up:
 * fewer operations than converting each nibble, and as exact, since the table is made by the same fused multiply-add.
 */
final class PackedDot {
    private static final FloatVector NIBBLES = Lanes.toFloats(Lanes.iota());

    private PackedDot() {}

    /**
     * Leaves the 16 lanes of four sums at {@code sums[to]} on.
     *
     * @param scales the group's, expanded
     * @param x      address of the input row, which begins a cache line
     */
    static void multiply(PackedWeights packed, long group, float[] scales, long x, float[] sums, int to) {
        int blocks = packed.columns / 32;
        int minimums = packed.minimumsAt;
        long codes = group + packed.codesAt;
        for (int part = 0; part < 16; part += COUNT) {
            long from = x + part * 4L;
            switch (packed.form) {
                case NIBBLES -> {
                    if (COUNT == 16) {
                        lookUp(codes, blocks, scales, minimums, from, sums, to);
                    } else {
                        nibbles(codes + part * 4, blocks, scales, minimums, from, sums, to + part);
                    }
                }
                case SIGNED_BYTES -> signedBytes(codes + part, blocks, scales, from, sums, to + part);
                case FINELY_SCALED_BYTES -> finelyScaledBytes(codes + part, blocks, scales, from, sums, to + part);
                case UNSIGNED_BYTES -> unsignedBytes(codes + part, blocks, scales, minimums, from, sums, to + part);
            }
        }
    }

    /** Nibbles as places of a table; of a place the lower four bits count. */
    private static void lookUp(
            long from, int blocks, float[] scales, int minimums, long x, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long end = from + blocks * 64L;
        int b = 0;
        for (long at = from; at != end; at += 64) {
            IntVector codes = IntVector.fromMemorySegment(INTS, ALL, at, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 64, ORDER);
            IntVector row0 = NIBBLES.fma(
                    FloatVector.broadcast(FLOATS, scales[b]),
                    FloatVector.broadcast(FLOATS, scales[minimums + b])).reinterpretAsInts();
            s0 = codes.selectFrom(row0).reinterpretAsFloats().fma(x0, s0);
            s0 = codes.lanewise(LSHR, 4).selectFrom(row0).reinterpretAsFloats().fma(x1, s0);
            IntVector row1 = NIBBLES.fma(
                    FloatVector.broadcast(FLOATS, scales[b + 1]),
                    FloatVector.broadcast(FLOATS, scales[minimums + b + 1])).reinterpretAsInts();
            s1 = codes.lanewise(LSHR, 8).selectFrom(row1).reinterpretAsFloats().fma(x0, s1);
            s1 = codes.lanewise(LSHR, 12).selectFrom(row1).reinterpretAsFloats().fma(x1, s1);
            IntVector row2 = NIBBLES.fma(
                    FloatVector.broadcast(FLOATS, scales[b + 2]),
                    FloatVector.broadcast(FLOATS, scales[minimums + b + 2])).reinterpretAsInts();
            s2 = codes.lanewise(LSHR, 16).selectFrom(row2).reinterpretAsFloats().fma(x0, s2);
            s2 = codes.lanewise(LSHR, 20).selectFrom(row2).reinterpretAsFloats().fma(x1, s2);
            IntVector row3 = NIBBLES.fma(
                    FloatVector.broadcast(FLOATS, scales[b + 3]),
                    FloatVector.broadcast(FLOATS, scales[minimums + b + 3])).reinterpretAsInts();
            s3 = codes.lanewise(LSHR, 24).selectFrom(row3).reinterpretAsFloats().fma(x0, s3);
            s3 = codes.lanewise(LSHR, 28).selectFrom(row3).reinterpretAsFloats().fma(x1, s3);
            b += 4;
            x += 128;
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void nibbles(
            long from, int blocks, float[] scales, int minimums, long x, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long end = from + blocks * 64L;
        int b = 0;
        for (long at = from; at != end; at += 64) {
            IntVector codes = IntVector.fromMemorySegment(INTS, ALL, at, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 64, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b]);
            s0 = ((FloatVector) codes.and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x0, s0);
            s0 = ((FloatVector) codes.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b + 1]);
            s1 = ((FloatVector) codes.lanewise(LSHR, 8).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x0, s1);
            s1 = ((FloatVector) codes.lanewise(LSHR, 12).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b + 2]);
            s2 = ((FloatVector) codes.lanewise(LSHR, 16).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x0, s2);
            s2 = ((FloatVector) codes.lanewise(LSHR, 20).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b + 3]);
            s3 = ((FloatVector) codes.lanewise(LSHR, 24).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x0, s3);
            s3 = ((FloatVector) codes.lanewise(LSHR, 28)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x1, s3);
            b += 4;
            x += 128;
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void signedBytes(
            long from, int blocks, float[] scales, long x, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long end = from + blocks * 128L;
        int b = 0;
        for (long at = from; at != end; at += 128) {
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 64, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b]);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 64, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b + 1]);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 16, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 80, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b + 2]);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 32, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 96, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b + 3]);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 48, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 112, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
            b += 4;
            x += 128;
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    /** With scales of their own for the second 16 columns of a block. */
    private static void finelyScaledBytes(
            long from, int blocks, float[] scales, long x, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long end = from + blocks * 128L;
        int b = 0;
        for (long at = from; at != end; at += 128) {
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 64, ORDER);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b]).fma(x0, s0);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 64, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 4]).fma(x1, s0);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 16, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 1]).fma(x0, s1);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 80, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 5]).fma(x1, s1);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 32, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 2]).fma(x0, s2);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 96, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 6]).fma(x1, s2);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 48, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 3]).fma(x0, s3);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 112, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 7]).fma(x1, s3);
            b += 8;
            x += 128;
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }

    private static void unsignedBytes(
            long from, int blocks, float[] scales, int minimums, long x, float[] sums, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long end = from + blocks * 128L;
        int b = 0;
        for (long at = from; at != end; at += 128) {
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 64, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b]);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale0, minimum0).fma(x0, s0);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 64, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale0, minimum0).fma(x1, s0);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b + 1]);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 16, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale1, minimum1).fma(x0, s1);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 80, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale1, minimum1).fma(x1, s1);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b + 2]);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 32, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale2, minimum2).fma(x0, s2);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 96, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale2, minimum2).fma(x1, s2);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b + 3]);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 48, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale3, minimum3).fma(x0, s3);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, at + 112, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale3, minimum3).fma(x1, s3);
            b += 4;
            x += 128;
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + 16);
        s2.intoArray(sums, to + 32);
        s3.intoArray(sums, to + 48);
    }
}
