package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix rearranged for the lanes: the same numbers as the file's, in the order in which the kernels want them. Four
 * rows are a group, read as one stream from its first byte to its last, which the processor prefetches by itself.
 *
 * <p>A group starts with its scales (see {@link PackedScales}), as they are in the file but side by side, so that 16 are
 * converted at once. Then follow its codes, 32 columns of the four rows after another: first the low four bits, 64 bytes
 * in which byte {@code 4 l + r} has row r's columns l (low nibble) and 16 + l (high nibble), so one load and a shift for
 * each row and half give 16 lanes; after all of them the upper bits, in the same order: of 5-bit codes 16 bytes for 32
 * columns, bit {@code 2 r + half} of byte l; of 6-bit codes 32 bytes, bits {@code 4 r + 2 half} of short l. Codes of Q4_0,
 * Q5_0 and Q6_K are kept as signed, their highest bit turned round: brought to the top of an int, a shift makes them numbers.
 *
 * <p>8-bit codes are not packed: they need so little arithmetic that reading them as one stream, which the prefetchers
 * follow at 10 GB/s, would be slower than as the four streams of {@link FusedProduct}, 21 GB/s.
 *
 * <p>A last group of fewer rows repeats its last row.
 */
final class PackedWeights {
    /** Rows in a group. */
    static final int GROUP = 4;
    /** The upper bit of a 5-bit code at the top of an int. */
    static final int FIFTH_BIT = 0x80000000;
    /** The upper bits of a 6-bit code at the top of an int. */
    static final int UPPER_PAIR = 0xc0000000;
    private static final int LINE = 64;

    final TensorType type;
    final int rows;
    final int columns;
    /** Where minimums start among a group's expanded scales. */
    final int minimumsAt;
    /** Numbers of a group's expanded scales and minimums. */
    final int scales;
    /** From a group's start to its codes. */
    final int codesAt;
    /** From a group's start to the upper bits of its codes. */
    final int upperBitsAt;
    final int groupBytes;
    private final MemorySegment data;
    private final long address;

    PackedWeights(GgufTensor tensor, Arena arena) {
        type = tensor.type();
        rows = tensor.rows();
        columns = tensor.columns();
        minimumsAt = PackedScales.minimumsAt(type, columns);
        scales = 2 * minimumsAt;
        codesAt = codesAt(type, columns);
        upperBitsAt = upperBitsAt(type, columns);
        groupBytes = groupBytes(type, columns);
        data = arena.allocate(bytes(tensor), LINE);
        address = data.address();
    }

    /** Bytes of a matrix once packed. */
    static long bytes(GgufTensor tensor) {
        return (long) (tensor.rows() + GROUP - 1) / GROUP * groupBytes(tensor.type(), tensor.columns());
    }

    private static int codesAt(TensorType type, int columns) {
        return lines(PackedScales.bytes(type, columns));
    }

    private static int upperBitsAt(TensorType type, int columns) {
        return codesAt(type, columns) + columns / 32 * 16 * GROUP;
    }

    private static int groupBytes(TensorType type, int columns) {
        return lines(upperBitsAt(type, columns) + columns / 32 * 16 * upperBytes(type));
    }

    /** Whether matrices of this type can be packed. (No vector has 4 bytes, which 128 bits would need.) */
    static boolean takes(TensorType type) {
        return COUNT >= 8 && switch (type) {
            case Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> true;
            case F32, F16, BF16, Q8_0 -> false;
        };
    }

    /** Bytes of upper bits from one lane to the next. */
    static int upperBytes(TensorType type) {
        return switch (type) {
            case Q5_0, Q5_1, Q5_K -> 1;
            case Q6_K -> 2;
            case F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q4_K -> 0;
        };
    }

    /** Stores the group of a row. */
    void put(int row, byte[] group) {
        MemorySegment.copy(group, 0, data, ValueLayout.JAVA_BYTE, (long) row / GROUP * groupBytes, group.length);
    }

    /**
     * The address of a row's group. Groups are read through {@link Scratch#ALL}: what the compiler makes of a segment of
     * its own depends on which kinds of memory it has seen others read, and was a third slower in some processes.
     *
     * @throws IllegalStateException if the memory has been given back
     */
    long group(int row) {
        if (!data.scope().isAlive()) {
            throw new IllegalStateException("the model is closed");
        }
        return address + (long) row / GROUP * groupBytes;
    }

    private static int lines(int bytes) {
        return (bytes + LINE - 1) / LINE * LINE;
    }
}
