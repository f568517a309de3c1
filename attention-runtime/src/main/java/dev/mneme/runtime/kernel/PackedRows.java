package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTES;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Lanes.shorts;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Packed groups to f32, the same bits as {@link dev.mneme.runtime.gguf.TensorType#dequantize}, in the order
 * of a panel: 16 columns of four rows after another.
 */
final class PackedRows {
    private PackedRows() {}

    /**
     * Writes a group to {@code target} from {@code to} on.
     *
     * @param scales the group's, expanded
     */
    static void unpack(PackedWeights packed, long group, float[] scales, float[] target, int to) {
        for (int part = 0; part < 16; part += COUNT) {
            unpack(packed, group, scales, target, to + part, part);
        }
    }

    private static void unpack(
            PackedWeights packed, long group, float[] scales, float[] target, int to, int part) {
        MemorySegment w = packed.data;
        int blocks = packed.columns / 32;
        int minimums = packed.minimumsAt;
        long codes = group + packed.codesAt + part * 4;
        long uppers = group + packed.upperBitsAt + part * PackedWeights.upperBytes(packed.type);
        switch (packed.type) {
            case Q4_0 -> signed4(w, codes, blocks, scales, target, to);
            case Q4_1, Q4_K -> unsigned4(w, codes, blocks, scales, minimums, target, to);
            case Q5_0 -> signed5(w, codes, uppers, blocks, scales, target, to);
            case Q5_1, Q5_K -> unsigned5(w, codes, uppers, blocks, scales, minimums, target, to);
            case Q6_K -> signed6(w, codes, uppers, blocks, scales, target, to);
            default -> throw new IllegalArgumentException("no packed form of " + packed.type);
        }
    }

    private static void signed4(
            MemorySegment w, long codes, int blocks, float[] scales, float[] target, int to) {
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, w, codes + b * 64L, ORDER);
            int at = to + b * 128;
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHL, 20).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 16);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHL, 12).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 32);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHL, 4).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 48);
            ((FloatVector) q.lanewise(LSHL, 24).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at + 64);
            ((FloatVector) q.lanewise(LSHL, 16).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 80);
            ((FloatVector) q.lanewise(LSHL, 8).lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 96);
            ((FloatVector) q.lanewise(ASHR, 28)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 112);
        }
    }

    private static void unsigned4(
            MemorySegment w, long codes, int blocks, float[] scales, int minimums, float[] target, int to) {
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, w, codes + b * 64L, ORDER);
            int at = to + b * 128;
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            ((FloatVector) q.and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoArray(target, at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHR, 8).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoArray(target, at + 16);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHR, 16).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoArray(target, at + 32);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHR, 24).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoArray(target, at + 48);
            ((FloatVector) q.lanewise(LSHR, 4).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoArray(target, at + 64);
            ((FloatVector) q.lanewise(LSHR, 12).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoArray(target, at + 80);
            ((FloatVector) q.lanewise(LSHR, 20).and(15)
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoArray(target, at + 96);
            ((FloatVector) q.lanewise(LSHR, 28)
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoArray(target, at + 112);
        }
    }

    private static void signed5(
            MemorySegment w, long codes, long uppers, int blocks, float[] scales, float[] target, int to) {
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, w, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, w, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            int at = to + b * 128;
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            ((FloatVector) q.and(15).or(u.lanewise(LSHL, 4).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHR, 8).and(15).or(u.lanewise(LSHL, 2).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 16);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHR, 16).and(15).or(u.and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 32);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHR, 24).and(15).or(u.lanewise(LSHR, 2).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 48);
            ((FloatVector) q.lanewise(LSHR, 4).and(15).or(u.lanewise(LSHL, 3).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at + 64);
            ((FloatVector) q.lanewise(LSHR, 12).and(15).or(u.lanewise(LSHL, 1).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 80);
            ((FloatVector) q.lanewise(LSHR, 20).and(15).or(u.lanewise(LSHR, 1).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 96);
            ((FloatVector) q.lanewise(LSHR, 28).or(u.lanewise(LSHR, 3).and(16)).sub(16)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 112);
        }
    }

    private static void unsigned5(
            MemorySegment w, long codes, long uppers, int blocks, float[] scales, int minimums,
            float[] target, int to) {
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, w, codes + b * 64L, ORDER);
            IntVector u = (IntVector) ByteVector.fromMemorySegment(BYTES, w, uppers + b * 16L, ORDER)
                    .convertShape(B2I, INTS, 0);
            int at = to + b * 128;
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 4]);
            FloatVector minimum0 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4]);
            ((FloatVector) q.and(15).or(u.lanewise(LSHL, 4).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoArray(target, at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 4 + 1]);
            FloatVector minimum1 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 1]);
            ((FloatVector) q.lanewise(LSHR, 8).and(15).or(u.lanewise(LSHL, 2).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoArray(target, at + 16);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 4 + 2]);
            FloatVector minimum2 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 2]);
            ((FloatVector) q.lanewise(LSHR, 16).and(15).or(u.and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoArray(target, at + 32);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 4 + 3]);
            FloatVector minimum3 = FloatVector.broadcast(FLOATS, scales[minimums + b * 4 + 3]);
            ((FloatVector) q.lanewise(LSHR, 24).and(15).or(u.lanewise(LSHR, 2).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoArray(target, at + 48);
            ((FloatVector) q.lanewise(LSHR, 4).and(15).or(u.lanewise(LSHL, 3).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale0, minimum0).intoArray(target, at + 64);
            ((FloatVector) q.lanewise(LSHR, 12).and(15).or(u.lanewise(LSHL, 1).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale1, minimum1).intoArray(target, at + 80);
            ((FloatVector) q.lanewise(LSHR, 20).and(15).or(u.lanewise(LSHR, 1).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale2, minimum2).intoArray(target, at + 96);
            ((FloatVector) q.lanewise(LSHR, 28).or(u.lanewise(LSHR, 3).and(16))
                    .convertShape(I2F, FLOATS, 0)).fma(scale3, minimum3).intoArray(target, at + 112);
        }
    }

    private static void signed6(
            MemorySegment w, long codes, long uppers, int blocks, float[] scales, float[] target, int to) {
        for (int b = 0; b < blocks; b++) {
            IntVector q = IntVector.fromMemorySegment(INTS, w, codes + b * 64L, ORDER);
            IntVector u = shorts(w, uppers + b * 32L);
            int at = to + b * 128;
            FloatVector scale0 = FloatVector.broadcast(FLOATS, scales[b * 8]);
            ((FloatVector) q.and(15).or(u.lanewise(LSHL, 4).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 1]);
            ((FloatVector) q.lanewise(LSHR, 8).and(15).or(u.and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 16);
            FloatVector scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 2]);
            ((FloatVector) q.lanewise(LSHR, 16).and(15).or(u.lanewise(LSHR, 4).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 32);
            FloatVector scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 3]);
            ((FloatVector) q.lanewise(LSHR, 24).and(15).or(u.lanewise(LSHR, 8).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 48);
            scale0 = FloatVector.broadcast(FLOATS, scales[b * 8 + 4]);
            ((FloatVector) q.lanewise(LSHR, 4).and(15).or(u.lanewise(LSHL, 2).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale0).intoArray(target, at + 64);
            scale1 = FloatVector.broadcast(FLOATS, scales[b * 8 + 5]);
            ((FloatVector) q.lanewise(LSHR, 12).and(15).or(u.lanewise(LSHR, 2).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale1).intoArray(target, at + 80);
            scale2 = FloatVector.broadcast(FLOATS, scales[b * 8 + 6]);
            ((FloatVector) q.lanewise(LSHR, 20).and(15).or(u.lanewise(LSHR, 6).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale2).intoArray(target, at + 96);
            scale3 = FloatVector.broadcast(FLOATS, scales[b * 8 + 7]);
            ((FloatVector) q.lanewise(LSHR, 28).or(u.lanewise(LSHR, 10).and(48)).sub(32)
                    .convertShape(I2F, FLOATS, 0)).mul(scale3).intoArray(target, at + 112);
        }
    }
}
