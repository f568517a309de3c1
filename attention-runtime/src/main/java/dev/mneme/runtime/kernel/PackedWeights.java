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
 * converted at once. Then follow its codes, 32 columns of the four rows after another, in one of two forms. Codes of 4 bits
 * take 64 bytes in which byte {@code 4 l + r} has row r's columns l (low nibble) and 16 + l (high nibble), so one load and a
 * shift for each row and half give 16 lanes. Codes of 5, 6 and 8 bits take a byte each, 64 bytes for the first 16 columns, row
 * after row, and 64 for the others: putting codes together from nibbles and further bits took more time than reading a byte.
 *
 * <p>A last group of fewer rows repeats its last row.
 */
final class PackedWeights {
    /** Rows in a group. */
    static final int GROUP = 4;
    private static final int LINE = 64;

    /** How codes are stored, and what they stand for. */
    enum Form {
        /** Two codes of 4 bits a byte: {@code code * scale + minimum}. */
        NIBBLES,
        /** {@code code * scale}. */
        SIGNED_BYTES,
        /** The same, with a scale for 16 columns of a row, not for 32. */
        FINELY_SCALED_BYTES,
        /** {@code code * scale + minimum}. */
        UNSIGNED_BYTES
    }

    final TensorType type;
    final Form form;
    final int rows;
    final int columns;
    /** Where minimums start among a group's expanded scales. */
    final int minimumsAt;
    /** Numbers of a group's expanded scales and minimums. */
    final int scales;
    /** From a group's start to its codes. */
    final int codesAt;
    final int groupBytes;
    private final MemorySegment data;
    private final long address;

    PackedWeights(GgufTensor tensor, Arena arena) {
        type = tensor.type();
        form = form(type);
        rows = tensor.rows();
        columns = tensor.columns();
        minimumsAt = PackedScales.minimumsAt(type, columns);
        scales = 2 * minimumsAt;
        codesAt = codesAt(type, columns);
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

    private static int groupBytes(TensorType type, int columns) {
        return codesAt(type, columns) + columns * GROUP / (form(type) == Form.NIBBLES ? 2 : 1);
    }

    /** Whether matrices of this type can be packed. (No vector has 4 bytes, which 128 bits would need.) */
    static boolean takes(TensorType type) {
        return COUNT >= 8 && switch (type) {
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> true;
            case F32, F16, BF16 -> false;
        };
    }

    private static Form form(TensorType type) {
        return switch (type) {
            case Q4_0, Q4_1, Q4_K -> Form.NIBBLES;
            case Q5_0, Q8_0 -> Form.SIGNED_BYTES;
            case Q6_K -> Form.FINELY_SCALED_BYTES;
            case Q5_1, Q5_K -> Form.UNSIGNED_BYTES;
            case F32, F16, BF16 -> throw new IllegalArgumentException("no packed form of " + type);
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
