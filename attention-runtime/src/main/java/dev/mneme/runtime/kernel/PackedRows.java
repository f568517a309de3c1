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
 * Packed groups to f32, the same numbers as {@link dev.mneme.runtime.gguf.TensorType#dequantize} (a zero may have the other
 * sign, which no sum shows), in the order of a panel: 16 columns of four rows after another.
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
        int blocks = packed.columns / 32;
        int minimums = packed.minimumsAt;
        long codes = group + packed.codesAt;
        for (int part = 0; part < 16; part += COUNT) {
            long first = to + part * 4L;
            switch (packed.form) {
                case NIBBLES -> nibbles(codes + part * 4, blocks, scales, minimums, first);
                case SIGNED_BYTES -> signedBytes(codes + part, blocks, scales, 4, first);
                case FINELY_SCALED_BYTES -> signedBytes(codes + part, blocks, scales, 8, first);
                case UNSIGNED_BYTES -> unsignedBytes(codes + part, blocks, scales, minimums, first);
            }
        }
    }

    private static void nibbles(long from, int blocks, float[] scales, int minimums, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            IntVector codes = IntVector.fromMemorySegment(INTS, ALL, from, ORDER);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b]);
            ((FloatVector) codes.and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b + 1]);
            ((FloatVector) codes.lanewise(LSHR, 8).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b + 2]);
            ((FloatVector) codes.lanewise(LSHR, 16).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b + 3]);
            ((FloatVector) codes.lanewise(LSHR, 24).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) codes.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) codes.lanewise(LSHR, 12).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) codes.lanewise(LSHR, 20).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) codes.lanewise(LSHR, 28)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 448, ORDER);
            from += 64;
            b += 4;
        }
    }

    private static void signedBytes(long from, int blocks, float[] scales, int scalesPerBlock, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            int second = b + scalesPerBlock - 4;
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b]).intoMemorySegment(ALL, at, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 16, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 1]).intoMemorySegment(ALL, at + 64, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 32, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 2]).intoMemorySegment(ALL, at + 128, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 48, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[b + 3]).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 64, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[second]).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 80, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[second + 1]).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 96, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[second + 2]).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 112, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scales[second + 3]).intoMemorySegment(ALL, at + 448, ORDER);
            from += 128;
            b += scalesPerBlock;
        }
    }

    private static void unsignedBytes(long from, int blocks, float[] scales, int minimums, long to) {
        long end = to + blocks * 512L;
        int b = 0;
        for (long at = to; at != end; at += 512) {
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b]);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at, ORDER);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b + 1]);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 16, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 64, ORDER);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b + 2]);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 32, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 128, ORDER);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b + 3]);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 48, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 192, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 64, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale0, minimum0).intoMemorySegment(ALL, at + 256, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 80, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale1, minimum1).intoMemorySegment(ALL, at + 320, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 96, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale2, minimum2).intoMemorySegment(ALL, at + 384, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, from + 112, ORDER)
                    .convertShape(B2F, FLOATS, 0)).fma(scale3, minimum3).intoMemorySegment(ALL, at + 448, ORDER);
            from += 128;
            b += 4;
        }
    }
}
