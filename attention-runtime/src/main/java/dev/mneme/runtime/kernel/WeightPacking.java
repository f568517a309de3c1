package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.PackedWeights.GROUP;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
        Arrays.fill(group, (byte) 0);
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
            case Q4_0, Q5_0 -> halves(0, 0, r);
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
            case F32, F16, BF16, Q8_0 -> throw new IllegalArgumentException("no packed form of " + type);
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
            case Q4_0 -> nibbles(at + 2, 0x88, block, r);
            case Q4_1 -> nibbles(at + 4, 0, block, r);
            case Q5_0 -> {
                nibbles(at + 6, 0, block, r);
                fifths(at + 2, 1, block, r);
            }
            case Q5_1 -> {
                nibbles(at + 8, 0, block, r);
                fifths(at + 4, 0, block, r);
            }
            case Q4_K -> halfBytes(superblock + 16 + sub / 2 * 32, sub % 2 * 4, block, r);
            case Q5_K -> {
                halfBytes(superblock + 48 + sub / 2 * 32, sub % 2 * 4, block, r);
                fifthsAcross(superblock + 16, sub, block, r);
            }
            case Q6_K -> {
                int quarter = sub % 4;
                halfBytes(superblock + sub / 4 * 64 + quarter % 2 * 32, quarter / 2 * 4, block, r);
                pairs(superblock + 128 + sub / 4 * 32, quarter * 2, block, r);
            }
            case F32, F16, BF16, Q8_0 -> throw new IllegalArgumentException("no packed form of " + type);
        }
    }

    /** 16 bytes that have columns l and 16 + l as nibbles; {@code flipped} makes unsigned nibbles signed ones. */
    private void nibbles(int from, int flipped, int block, int r) {
        int to = packed.codesAt + block * 64 + r;
        for (int l = 0; l < 16; l++) {
            group[to + 4 * l] = (byte) (row[from + l] ^ flipped);
        }
    }

    /** 32 bytes that have a column each in their lower or upper nibble. */
    private void halfBytes(int from, int shift, int block, int r) {
        int to = packed.codesAt + block * 64 + r;
        for (int l = 0; l < 16; l++) {
            group[to + 4 * l] = (byte) (row[from + l] >>> shift & 15 | (row[from + 16 + l] >>> shift & 15) << 4);
        }
    }

    /** 32 fifth bits side by side; {@code flipped} makes unsigned codes signed ones. */
    private void fifths(int from, int flipped, int block, int r) {
        int to = packed.upperBitsAt + block * 16;
        for (int l = 0; l < 16; l++) {
            int low = row[from + l / 8] >>> l % 8 & 1 ^ flipped;
            int high = row[from + 2 + l / 8] >>> l % 8 & 1 ^ flipped;
            group[to + l] |= (byte) ((low | high << 1) << 2 * r);
        }
    }

    /** 32 bytes with one fifth bit each for this block. */
    private void fifthsAcross(int from, int bit, int block, int r) {
        int to = packed.upperBitsAt + block * 16;
        for (int l = 0; l < 16; l++) {
            int low = row[from + l] >>> bit & 1;
            int high = row[from + 16 + l] >>> bit & 1;
            group[to + l] |= (byte) ((low | high << 1) << 2 * r);
        }
    }

    /** 32 bytes with one pair of upper bits each for this block, to become signed. */
    private void pairs(int from, int bit, int block, int r) {
        int to = packed.upperBitsAt + block * 32 + r / 2;
        for (int l = 0; l < 16; l++) {
            int low = row[from + l] >>> bit & 3 ^ 2;
            int high = row[from + 16 + l] >>> bit & 3 ^ 2;
            group[to + 2 * l] |= (byte) ((low | high << 2) << 4 * (r % 2));
        }
    }
}
