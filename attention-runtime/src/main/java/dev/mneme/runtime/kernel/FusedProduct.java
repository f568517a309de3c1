package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTES;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INT;
import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Lanes.SHORT;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Dot products of stored weight rows with one input row, without unpacking them to memory first: what
 * a decoding session does with every weight. Four rows at a time, for their sums to run side by
 * side and each load of the input to serve four times.
 *
 * <p>The rows are written out, since a method for one row is called more often than the compiler
 * likes to inline, and what it does not inline it boxes.
 */
final class FusedProduct {
    private static final IntVector IOTA = Lanes.iota();

    private FusedProduct() {}

    /** Whether rows of this type are multiplied here. */
    static boolean takes(TensorType type) {
        return COUNT >= 8 && switch (type) {
            case Q4_0, Q4_1, Q5_0, Q8_0 -> true;
            case F32, F16, BF16, Q5_1, Q4_K, Q5_K, Q6_K -> false;
        };
    }

    /**
     * The 16 lanes of four sums, to {@code sums[0]} on.
     *
     * @param r0    offset of the first row in {@code w}; {@code r1} to {@code r3} those of the others, which
     * may be the same
     * @param count numbers in a row
     */
    static void multiply(
            TensorType type, MemorySegment w, long r0, long r1, long r2, long r3, int count, float[] x,
            float[] sums) {
        int blocks = count / 32;
        for (int part = 0; part < 16; part += COUNT) {
            switch (type) {
                case Q4_0 -> q40(w, r0, r1, r2, r3, blocks, x, part, sums, part);
                case Q4_1 -> q41(w, r0, r1, r2, r3, blocks, x, part, sums, part);
                case Q5_0 -> q50(w, r0, r1, r2, r3, blocks, x, part, sums, part);
                case Q8_0 -> q80(w, r0, r1, r2, r3, blocks, x, part, sums, part);
                case F32, F16, BF16, Q5_1, Q4_K, Q5_K, Q6_K ->
                        throw new IllegalArgumentException("no fused kernel for " + type);
            }
        }
    }

    private static void q40(
            MemorySegment w, long r0, long r1, long r2, long r3, int blocks, float[] x, int from, float[] sums,
            int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long p0 = r0 + part;
        long p1 = r1 + part;
        long p2 = r2 + part;
        long p3 = r3 + part;
        for (int b = 0; b < blocks; b++) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            long at = b * 18L;
            float scale0 = Float.float16ToFloat(w.get(SHORT, r0 + at));
            IntVector q0 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p0 + at + 2, ORDER)
                    .convertShape(B2I, INTS, 0);
            s0 = ((FloatVector) q0.and(15).sub(8).convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) q0.lanewise(LSHR, 4).and(15).sub(8)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            float scale1 = Float.float16ToFloat(w.get(SHORT, r1 + at));
            IntVector q1 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p1 + at + 2, ORDER)
                    .convertShape(B2I, INTS, 0);
            s1 = ((FloatVector) q1.and(15).sub(8).convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) q1.lanewise(LSHR, 4).and(15).sub(8)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            float scale2 = Float.float16ToFloat(w.get(SHORT, r2 + at));
            IntVector q2 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p2 + at + 2, ORDER)
                    .convertShape(B2I, INTS, 0);
            s2 = ((FloatVector) q2.and(15).sub(8).convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) q2.lanewise(LSHR, 4).and(15).sub(8)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            float scale3 = Float.float16ToFloat(w.get(SHORT, r3 + at));
            IntVector q3 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p3 + at + 2, ORDER)
                    .convertShape(B2I, INTS, 0);
            s3 = ((FloatVector) q3.and(15).sub(8).convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) q3.lanewise(LSHR, 4).and(15).sub(8)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, 16 + part);
        s2.intoArray(sums, 32 + part);
        s3.intoArray(sums, 48 + part);
    }

    private static void q41(
            MemorySegment w, long r0, long r1, long r2, long r3, int blocks, float[] x, int from, float[] sums,
            int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long p0 = r0 + part;
        long p1 = r1 + part;
        long p2 = r2 + part;
        long p3 = r3 + part;
        for (int b = 0; b < blocks; b++) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            long at = b * 20L;
            int halves0 = w.get(INT, r0 + at);
            FloatVector scale0 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) halves0));
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) (halves0 >> 16)));
            IntVector q0 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p0 + at + 4, ORDER)
                    .convertShape(B2I, INTS, 0);
            s0 = ((FloatVector) q0.and(15).convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x0, s0);
            s0 = ((FloatVector) q0.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).fma(x1, s0);
            int halves1 = w.get(INT, r1 + at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) halves1));
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) (halves1 >> 16)));
            IntVector q1 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p1 + at + 4, ORDER)
                    .convertShape(B2I, INTS, 0);
            s1 = ((FloatVector) q1.and(15).convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x0, s1);
            s1 = ((FloatVector) q1.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).fma(x1, s1);
            int halves2 = w.get(INT, r2 + at);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) halves2));
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) (halves2 >> 16)));
            IntVector q2 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p2 + at + 4, ORDER)
                    .convertShape(B2I, INTS, 0);
            s2 = ((FloatVector) q2.and(15).convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x0, s2);
            s2 = ((FloatVector) q2.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).fma(x1, s2);
            int halves3 = w.get(INT, r3 + at);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) halves3));
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) (halves3 >> 16)));
            IntVector q3 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p3 + at + 4, ORDER)
                    .convertShape(B2I, INTS, 0);
            s3 = ((FloatVector) q3.and(15).convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x0, s3);
            s3 = ((FloatVector) q3.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).fma(x1, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, 16 + part);
        s2.intoArray(sums, 32 + part);
        s3.intoArray(sums, 48 + part);
    }

    private static void q50(
            MemorySegment w, long r0, long r1, long r2, long r3, int blocks, float[] x, int from, float[] sums,
            int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long p0 = r0 + part;
        long p1 = r1 + part;
        long p2 = r2 + part;
        long p3 = r3 + part;
        IntVector lanes = IOTA.add(part);
        for (int b = 0; b < blocks; b++) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            long at = b * 22L;
            float scale0 = Float.float16ToFloat(w.get(SHORT, r0 + at));
            IntVector h0 = IntVector.broadcast(INTS, w.get(INT, r0 + at + 2)).lanewise(LSHR, lanes);
            IntVector q0 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p0 + at + 6, ORDER)
                    .convertShape(B2I, INTS, 0);
            s0 = ((FloatVector) q0.and(15).or(h0.lanewise(LSHL, 4).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) q0.lanewise(LSHR, 4).and(15).or(h0.lanewise(LSHR, 12).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            float scale1 = Float.float16ToFloat(w.get(SHORT, r1 + at));
            IntVector h1 = IntVector.broadcast(INTS, w.get(INT, r1 + at + 2)).lanewise(LSHR, lanes);
            IntVector q1 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p1 + at + 6, ORDER)
                    .convertShape(B2I, INTS, 0);
            s1 = ((FloatVector) q1.and(15).or(h1.lanewise(LSHL, 4).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) q1.lanewise(LSHR, 4).and(15).or(h1.lanewise(LSHR, 12).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            float scale2 = Float.float16ToFloat(w.get(SHORT, r2 + at));
            IntVector h2 = IntVector.broadcast(INTS, w.get(INT, r2 + at + 2)).lanewise(LSHR, lanes);
            IntVector q2 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p2 + at + 6, ORDER)
                    .convertShape(B2I, INTS, 0);
            s2 = ((FloatVector) q2.and(15).or(h2.lanewise(LSHL, 4).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) q2.lanewise(LSHR, 4).and(15).or(h2.lanewise(LSHR, 12).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            float scale3 = Float.float16ToFloat(w.get(SHORT, r3 + at));
            IntVector h3 = IntVector.broadcast(INTS, w.get(INT, r3 + at + 2)).lanewise(LSHR, lanes);
            IntVector q3 = (IntVector) ByteVector.fromMemorySegment(BYTES, w, p3 + at + 6, ORDER)
                    .convertShape(B2I, INTS, 0);
            s3 = ((FloatVector) q3.and(15).or(h3.lanewise(LSHL, 4).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) q3.lanewise(LSHR, 4).and(15).or(h3.lanewise(LSHR, 12).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, 16 + part);
        s2.intoArray(sums, 32 + part);
        s3.intoArray(sums, 48 + part);
    }

    private static void q80(
            MemorySegment w, long r0, long r1, long r2, long r3, int blocks, float[] x, int from, float[] sums,
            int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long p0 = r0 + part;
        long p1 = r1 + part;
        long p2 = r2 + part;
        long p3 = r3 + part;
        for (int b = 0; b < blocks; b++) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + b * 32);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + b * 32 + 16);
            long at = b * 34L;
            float scale0 = Float.float16ToFloat(w.get(SHORT, r0 + at));
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p0 + at + 2, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale0).fma(x0, s0);
            s0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p0 + at + 18, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale0).fma(x1, s0);
            float scale1 = Float.float16ToFloat(w.get(SHORT, r1 + at));
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p1 + at + 2, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale1).fma(x0, s1);
            s1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p1 + at + 18, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale1).fma(x1, s1);
            float scale2 = Float.float16ToFloat(w.get(SHORT, r2 + at));
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p2 + at + 2, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale2).fma(x0, s2);
            s2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p2 + at + 18, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale2).fma(x1, s2);
            float scale3 = Float.float16ToFloat(w.get(SHORT, r3 + at));
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p3 + at + 2, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale3).fma(x0, s3);
            s3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, p3 + at + 18, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale3).fma(x1, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, 16 + part);
        s2.intoArray(sums, 32 + part);
        s3.intoArray(sums, 48 + part);
    }
}
