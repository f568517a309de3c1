package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.PackedWeights.GROUP;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Rearranges a stored matrix for the lanes, group by group: see {@link PackedWeights} for what becomes of it. */
final class WeightPacking {
    private final PackedWeights packed;
    private final TensorType type;
    private final int blocks;
    private final int superblocks;
    private final byte[] row;
    private final byte[] group;
    private boolean finite = true;

    private WeightPacking(PackedWeights packed, int rowBytes) {
        this.packed = packed;
        this.type = packed.type;
        this.blocks = packed.columns / 32;
        this.superblocks = packed.columns / 256;
        this.row = new byte[rowBytes];
        this.group = new byte[packed.groupBytes];
    }

    /** The packed form, or nothing if the type has none, or if a scale is no finite number. */
    static Optional<PackedWeights> pack(GgufTensor tensor, Arena arena) {
        if (!PackedWeights.takes(tensor.type())) {
            return Optional.empty();
        }
        PackedWeights packed = new PackedWeights(tensor, arena);
        WeightPacking packing = new WeightPacking(packed, Math.toIntExact(tensor.rowBytes()));
        for (int first = 0; first < packed.rows; first += GROUP) {
            packing.pack(tensor, first);
        }
        return packing.finite ? Optional.of(packed) : Optional.empty();
    }

    private void pack(GgufTensor tensor, int first) {
        for (int r = 0; r < GROUP; r++) {
            long from = Math.min(first + r, packed.rows - 1) * tensor.rowBytes();
            MemorySegment.copy(tensor.data(), ValueLayout.JAVA_BYTE, from, row, 0, row.length);
            scales(r);
            for (int block = 0; block < blocks; block++) {
                codes(block, r);
            }
        }
        packed.put(first, group);
    }

    private void scales(int r) {
        switch (type) {
            case Q4_0, Q5_0, Q8_0 -> halves(0, 0, r);
            case Q4_1, Q5_1 -> {
                halves(0, 0, r);
                halves(2, blocks * 8, r);
            }
            case Q4_K, Q5_K -> {
                sharedHalves(0, 0, r);
                sharedHalves(2, superblocks * 32, r);
                factors(r);
            }
            case Q6_K -> {
                sharedHalves(208, 0, r);
                for (int sub = 0; sub < superblocks * 16; sub++) {
                    group[superblocks * 32 + sub * 4 + r] = row[sub / 16 * type.bytesPerBlock() + 192 + sub % 16];
                }
            }
            case F32, F16, BF16 -> throw new IllegalArgumentException("no packed form of " + type);
        }
    }

    /** The half float at {@code from} of each block. */
    private void halves(int from, int to, int r) {
        for (int block = 0; block < blocks; block++) {
            half(block * type.bytesPerBlock() + from, to + (block * 4 + r) * 2);
        }
    }

    /** The half float at {@code from} of each superblock, four times over. */
    private void sharedHalves(int from, int to, int r) {
        for (int i = 0; i < superblocks * 4; i++) {
            half(i / 4 * type.bytesPerBlock() + from, to + (i * 4 + r) * 2);
        }
    }

    private void half(int from, int to) {
        group[to] = row[from];
        group[to + 1] = row[from + 1];
        finite &= (row[from + 1] & 0x7c) != 0x7c;
    }

    /** Six-bit sub-scales and sub-minimums: the last four of a superblock have their upper bits beside the first four. */
    private void factors(int r) {
        for (int block = 0; block < blocks; block++) {
            int at = block / 8 * type.bytesPerBlock() + 4;
            int sub = block % 8;
            int to = superblocks * 64 + block * 4 + r;
            if (sub < 4) {
                group[to] = (byte) (row[at + sub] & 63);
                group[to + blocks * 4] = (byte) (row[at + sub + 4] & 63);
            } else {
                group[to] = (byte) (row[at + sub + 4] & 15 | (row[at + sub - 4] & 0xc0) >>> 2);
                group[to + blocks * 4] = (byte) ((row[at + sub + 4] & 0xf0) >>> 4 | (row[at + sub] & 0xc0) >>> 2);
            }
        }
    }

    private void codes(int block, int r) {
        int at = block * type.bytesPerBlock();
        int superblock = block / 8 * type.bytesPerBlock();
        int sub = block % 8;
        switch (type) {
            case Q4_0 -> nibbles(at + 2, block, r);
            case Q4_1 -> nibbles(at + 4, block, r);
            case Q4_K -> halfBytes(superblock + 16 + sub / 2 * 32, sub % 2 * 4, block, r);
            case Q5_0 -> fiveBits(at + 6, at + 2, -16, block, r);
            case Q5_1 -> fiveBits(at + 8, at + 4, 0, block, r);
            case Q8_0 -> {
                for (int column = 0; column < 32; column++) {
                    put(block, r, column, row[at + 2 + column]);
                }
            }
            case Q5_K -> {
                for (int column = 0; column < 32; column++) {
                    int low = row[superblock + 48 + sub / 2 * 32 + column] >>> sub % 2 * 4 & 15;
                    put(block, r, column, low | (row[superblock + 16 + column] >>> sub & 1) << 4);
                }
            }
            case Q6_K -> {
                int quarter = sub % 4;
                for (int column = 0; column < 32; column++) {
                    int low = row[superblock + sub / 4 * 64 + quarter % 2 * 32 + column] >>> quarter / 2 * 4 & 15;
                    int high = row[superblock + 128 + sub / 4 * 32 + column] >>> quarter * 2 & 3;
                    put(block, r, column, (low | high << 4) - 32);
                }
            }
            case F32, F16, BF16 -> throw new IllegalArgumentException("no packed form of " + type);
        }
    }

    /** 16 bytes that have columns l and 16 + l as nibbles. */
    private void nibbles(int from, int block, int r) {
        int to = packed.codesAt + block * 64 + r;
        for (int l = 0; l < 16; l++) {
            group[to + 4 * l] = row[from + l];
        }
    }

    /** 32 bytes that have a column each in their lower or upper nibble. */
    private void halfBytes(int from, int shift, int block, int r) {
        int to = packed.codesAt + block * 64 + r;
        for (int l = 0; l < 16; l++) {
            group[to + 4 * l] = (byte) (row[from + l] >>> shift & 15 | (row[from + 16 + l] >>> shift & 15) << 4);
        }
    }

    /** 16 bytes that have columns l and 16 + l as nibbles, and 32 fifth bits side by side. */
    private void fiveBits(int nibbles, int fifths, int lowest, int block, int r) {
        for (int column = 0; column < 32; column++) {
            int low = row[nibbles + column % 16] >>> column / 16 * 4 & 15;
            int fifth = row[fifths + column / 8] >>> column % 8 & 1;
            put(block, r, column, (low | fifth << 4) + lowest);
        }
    }

    /** A code that takes a byte. */
    private void put(int block, int r, int column, int code) {
        group[packed.codesAt + block * 128 + column / 16 * 64 + r * 16 + column % 16] = (byte) code;
    }
}
