package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Scratch.ALL;

import dev.mneme.runtime.gguf.TensorType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scales and minimums of a packed group. In memory, for each block of the rows in turn those of its four rows: half
 * floats where a block has its own; where blocks share a half float by superblocks of 256, these first, each four times
 * over to fill 16 lanes, then the blocks' factors, a byte each. Expanded to f32 they stand alike, scales and then
 * minimums. (Q4_0 has none in the file: its codes stand for numbers from -8 on, so -8 scales is its minimum, exactly.)
 */
final class PackedScales {
    private PackedScales() {}

    /** Bytes in front of a group's codes. */
    static int bytes(TensorType type, int columns) {
        int blocks = columns / 32;
        int superblocks = columns / 256;
        return switch (type) {
            case Q4_0, Q5_0, Q8_0 -> blocks * 8;
            case Q4_1, Q5_1 -> blocks * 16;
            case Q4_K, Q5_K -> superblocks * 64 + blocks * 8;
            case Q6_K -> superblocks * 32 + blocks * 8;
            default -> throw new IllegalArgumentException("no packed form of " + type);
        };
    }

    /** Where minimums start in the expanded form; at the same time the count of scales, rounded up to whole vectors. */
    static int minimumsAt(TensorType type, int columns) {
        int scales = columns / (type == TensorType.Q6_K ? 16 : 32) * PackedWeights.GROUP;
        return (scales + 15) / 16 * 16;
    }

    /** Writes a group's scales and minimums as f32 to {@code target} from {@code to} on. */
    static void expand(PackedWeights packed, long group, float[] target, int to) {
        int blocks = packed.columns / 32;
        int superblocks = packed.columns / 256;
        int count = packed.minimumsAt;
        int minimums = to + count;
        switch (packed.type) {
            case Q5_0, Q8_0 -> halves(group, count, target, to);
            case Q4_0 -> {
                halves(group, count, target, to);
                lowest(count, target, to, minimums);
            }
            case Q4_1, Q5_1 -> {
                halves(group, count, target, to);
                halves(group + blocks * 8L, count, target, minimums);
            }
            case Q4_K, Q5_K -> {
                long factors = group + superblocks * 64L;
                products(group, superblocks, factors, 32, 1, target, to);
                products(group + superblocks * 32L, superblocks, factors + blocks * 4L, 32, -1, target, minimums);
            }
            case Q6_K -> products(group, superblocks, group + superblocks * 32L, 64, 1, target, to);
            default -> throw new IllegalArgumentException("no packed form of " + packed.type);
        }
    }

    private static void halves(long from, int count, float[] target, int to) {
        for (int i = 0; i < count; i += COUNT) {
            half(from + 2L * i).intoArray(target, to + i);
        }
    }

    /** What code 0 of four signed bits stands for. */
    private static void lowest(int count, float[] scales, int from, int to) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(Lanes.FLOATS, scales, from + i).mul(-8).intoArray(scales, to + i);
        }
    }

    /** Each superblock's half floats, with this sign, times {@code factors} bytes. */
    private static void products(
            long halves, int superblocks, long bytes, int factors, float sign,
            float[] target, int to) {
        for (int s = 0; s < superblocks; s++) {
            FloatVector shared = half(halves + s * 32L).mul(sign);
            for (int i = s * factors; i < (s + 1) * factors; i += COUNT) {
                Lanes.toFloats(Lanes.bytes(ALL, bytes + i)).mul(shared).intoArray(target, to + i);
            }
        }
    }

    /** Finite half floats to f32: exponents differ by 112, an exact product, subnormals too. */
    private static FloatVector half(long from) {
        return Lanes.shorts(ALL, from).lanewise(VectorOperators.LSHL, 13).and(0x8fffe000)
                .reinterpretAsFloats().mul(0x1p112f);
    }
}
