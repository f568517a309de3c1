package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.LaneSums.SWAP_HALVES;
import static dev.mneme.runtime.kernel.LaneSums.SWAP_NEIGHBOURS;
import static dev.mneme.runtime.kernel.LaneSums.SWAP_PAIRS;
import static dev.mneme.runtime.kernel.LaneSums.SWAP_QUARTERS;
import static dev.mneme.runtime.kernel.LaneSums.UPPER_HALF;
import static dev.mneme.runtime.kernel.LaneSums.UPPER_NEIGHBOURS;
import static dev.mneme.runtime.kernel.LaneSums.UPPER_PAIRS;
import static dev.mneme.runtime.kernel.LaneSums.UPPER_QUARTERS;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Scratch.ALL;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Dot products of weight rows with input rows, for many tokens or for weights that no fused kernel
 * takes: the rows are unpacked once into a panel, then multiplied in tiles of four rows by four
 * tokens, so that each number loaded takes part in four sums and the 16 sums stay in registers over
 * the whole row.
 *
 * <p>Panel and input are packed alike: the four rows of a tile side by side, 16 numbers of each in
 * turn. The inner loop then has one address for each and constant offsets (1.4 times the speed of
 * eight addresses). A tile that reaches over an edge computes the last row or token again.
 *
 * <p>Three levels of blocks keep what is used again near: the panel and {@link #INPUT_NUMBERS} of
 * packed input in the second-level cache, {@link #GROUP_NUMBERS} of the panel in the first. The input
 * stays packed as long as it is the same, for all tasks of a stage.
 */
final class PanelProduct {
    private static final int TILE = 4;
    private static final int LANES = 16;
    /** Of the unpacked weights: 256 KiB. */
    private static final int PANEL_NUMBERS = 1 << 16;
    /** Of the packed input, used for a whole panel before the next: 256 KiB. */
    private static final int INPUT_NUMBERS = 1 << 16;
    /** Of the panel, used for all packed input before the next: 28 KiB. */
    private static final int GROUP_NUMBERS = 7 << 10;

    /** For fewer tokens the panel is one tile high: what is unpacked is used from the first-level cache. */
    private static final int MANY = 32;

    /** The 16 lanes of each sum of a tile. Through memory: vectors passed between methods may be boxed. */
    private final float[] sums = new float[TILE * TILE * LANES];
    private final Scratch panel = new Scratch();
    private final Scratch packed = new Scratch();
    /** Four unpacked rows on their way to the panel. */
    private float[] fourRows = new float[0];
    private float[] scales = new float[0];
    /** What is packed now. */
    private float @Nullable [] packedInput;
    private int packedTokens;
    private int packedVersion;

    /** See {@link Kernels#matmul}; {@code packedWeights} are the same rows, if there are any. */
    void multiply(
            GgufTensor weights, @Nullable PackedWeights packedWeights, int fromRow, int toRow,
            float[] input, int tokens, int inputVersion, float[] output, int stride, int out) {
        int columns = weights.columns();
        if (tokens == 1) {
            multiplyOne(weights, fromRow, toRow, input, output, out);
            return;
        }
        int panelRows = tokens < MANY ? TILE : multipleOfTile(PANEL_NUMBERS / columns);
        int chunk = multipleOfTile(INPUT_NUMBERS / columns);
        long panelAt = panel.reserve(panelRows * columns);
        long inputAt = pack(input, tokens, columns, inputVersion);
        for (int row = fromRow; row < toRow; row += panelRows) {
            int rows = Math.min(panelRows, toRow - row);
            if (packedWeights != null) {
                unpack(packedWeights, row, rows, panelAt);
            } else {
                unpack(weights, row, rows, panelAt);
            }
            for (int token = 0; token < tokens; token += chunk) {
                multiplyMany(panelAt, rows, columns, inputAt + (long) token * columns * Float.BYTES,
                        Math.min(chunk, tokens - token), output, stride, out + token * stride + row);
            }
        }
        Reference.reachabilityFence(this); // its memory was used by address
    }

    private static int multipleOfTile(int number) {
        return Math.max(TILE, number / TILE * TILE);
    }

    private void unpack(GgufTensor weights, int row, int rows, long panelAt) {
        int columns = weights.columns();
        for (int first = 0; first < rows; first += TILE) {
            long to = panelAt + (long) first * columns * Float.BYTES;
            if (weights.type() == TensorType.Q8_0 && COUNT >= 8) { // no vector has 4 bytes
                for (int r = 0; r < TILE; r++) {
                    long from = (row + Math.min(first + r, rows - 1)) * weights.rowBytes();
                    EightBitRows.unpack(weights.data(), from, columns / 32, to + r * LANES * 4L);
                }
            } else {
                unpackFour(weights, row + first, row + rows - 1);
                MemorySegment.copy(fourRows, 0, ALL, ValueLayout.JAVA_FLOAT, to, TILE * columns);
            }
        }
    }

    /** Four rows, none after {@code lastRow}, side by side. */
    private void unpackFour(GgufTensor weights, int row, int lastRow) {
        int columns = weights.columns();
        if (fourRows.length < TILE * columns) {
            fourRows = new float[TILE * columns];
        }
        for (int r = 0; r < TILE; r++) {
            WeightUnpacking.unpack(weights.type(), weights.data(), Math.min(row + r, lastRow) * weights.rowBytes(),
                    columns, fourRows, r * LANES, TILE * LANES);
        }
    }

    private void unpack(PackedWeights weights, int row, int rows, long panelAt) {
        if (scales.length < weights.scales) {
            scales = new float[weights.scales];
        }
        for (int r = 0; r < rows; r += TILE) {
            long group = weights.group(row + r);
            PackedScales.expand(weights, group, scales, 0);
            PackedRows.unpack(weights, group, scales, panelAt + (long) r * weights.columns * Float.BYTES);
        }
    }

    private void multiplyOne(GgufTensor weights, int fromRow, int toRow, float[] input, float[] output, int out) {
        for (int row = fromRow; row < toRow; row += TILE) {
            unpackFour(weights, row, toRow - 1);
            for (int part = 0; part < LANES; part += COUNT) {
                column(fourRows, input, weights.columns(), sums, part);
            }
            int last = out + toRow - 1;
            LaneSums.four(sums, 0, output, out + row, Math.min(out + row + 1, last), Math.min(out + row + 2, last),
                    Math.min(out + row + 3, last));
        }
    }

    /** The panel's rows times all packed tokens. */
    private void multiplyMany(
            long panelAt, int rows, int columns, long inputAt, int tokens, float[] output, int stride, int out) {
        int groupRows = multipleOfTile(GROUP_NUMBERS / columns);
        for (int group = 0; group < rows; group += groupRows) {
            int groupEnd = Math.min(group + groupRows, rows);
            for (int t = 0; t < tokens; t += TILE) {
                for (int r = group; r < groupEnd; r += TILE) {
                    tile(panelAt + (long) r * columns * Float.BYTES, inputAt + (long) t * columns * Float.BYTES, columns);
                    store(sums, Math.min(TILE, rows - r), Math.min(TILE, tokens - t),
                            output, out + t * stride + r, stride);
                }
            }
        }
    }

    /** Leaves the 16 products of a tile in {@code sums[0…15]}, those of a token side by side. */
    private void tile(long panelFrom, long inputFrom, int columns) {
        for (int part = 0; part < LANES; part += COUNT) {
            tile(panelFrom, inputFrom, columns, sums, part);
        }
        if (COUNT < LANES) {
            for (int t = 0; t < TILE; t++) {
                int to = t * TILE;
                LaneSums.four(sums, to * LANES, sums, to, to + 1, to + 2, to + 3);
            }
        }
    }

    private static void store(float[] sums, int rows, int tokens, float[] output, int to, int stride) {
        for (int t = 0; t < tokens; t++) {
            int at = to + t * stride;
            if (rows == TILE) {
                output[at] = sums[t * TILE];
                output[at + 1] = sums[t * TILE + 1];
                output[at + 2] = sums[t * TILE + 2];
                output[at + 3] = sums[t * TILE + 3];
            } else {
                System.arraycopy(sums, t * TILE, output, at, rows);
            }
        }
    }

    /** Packs all tokens, unless that is what was packed last; returns the address. */
    private long pack(float[] input, int tokens, int columns, int version) {
        long address = packed.reserve((tokens + TILE - 1) / TILE * TILE * columns);
        if (packedInput != input || packedTokens != tokens || packedVersion != version) {
            packedInput = input;
            packedTokens = tokens;
            packedVersion = version;
            for (int t = 0; t < tokens; t += TILE) {
                for (int i = 0; i < TILE; i++) {
                    pack(input, Math.min(t + i, tokens - 1) * columns, columns,
                            address + ((long) t * columns + i * LANES) * Float.BYTES);
                }
            }
        }
        return address;
    }

    private static void pack(float[] input, int from, int columns, long to) {
        for (int k = 0; k < columns; k += LANES) {
            for (int p = 0; p < LANES; p += COUNT) {
                FloatVector.fromArray(FLOATS, input, from + k + p)
                        .intoMemorySegment(ALL, to + (k * TILE + p) * 4L, ORDER);
            }
        }
    }

    /** Lanes {@code [part, part + COUNT)} of the sums of four rows and one token. */
    private static void column(float[] panel, float[] input, int columns, float[] sums, int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int k = part; k < columns; k += LANES) {
            int at = part + (k - part) * TILE;
            FloatVector x = FloatVector.fromArray(FLOATS, input, k);
            s0 = FloatVector.fromArray(FLOATS, panel, at).fma(x, s0);
            s1 = FloatVector.fromArray(FLOATS, panel, at + 16).fma(x, s1);
            s2 = FloatVector.fromArray(FLOATS, panel, at + 32).fma(x, s2);
            s3 = FloatVector.fromArray(FLOATS, panel, at + 48).fma(x, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, part + 16);
        s2.intoArray(sums, part + 32);
        s3.intoArray(sums, part + 48);
    }

    /**
     * Lanes {@code [part, part + COUNT)} of the sums of a tile; where that is all of them, added up
     * by the tree of {@link LaneSums} before they leave the registers. The loop ends as those of {@link PackedRows} do.
     */
    private static void tile(long panelFrom, long inputFrom, int columns, float[] sums, int part) {
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s12 = s00;
        FloatVector s13 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s22 = s00;
        FloatVector s23 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        FloatVector s32 = s00;
        FloatVector s33 = s00;
        long at = panelFrom + part * 4L;
        long xAt = inputFrom + part * 4L;
        long end = at + columns * TILE * 4L;
        while (at != end) {
            FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, ALL, at + 64, ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, ALL, at + 128, ORDER);
            FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, ALL, at + 192, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, xAt, ORDER);
            s00 = w0.fma(x0, s00);
            s01 = w1.fma(x0, s01);
            s02 = w2.fma(x0, s02);
            s03 = w3.fma(x0, s03);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, xAt + 64, ORDER);
            s10 = w0.fma(x1, s10);
            s11 = w1.fma(x1, s11);
            s12 = w2.fma(x1, s12);
            s13 = w3.fma(x1, s13);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, ALL, xAt + 128, ORDER);
            s20 = w0.fma(x2, s20);
            s21 = w1.fma(x2, s21);
            s22 = w2.fma(x2, s22);
            s23 = w3.fma(x2, s23);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, ALL, xAt + 192, ORDER);
            s30 = w0.fma(x3, s30);
            s31 = w1.fma(x3, s31);
            s32 = w2.fma(x3, s32);
            s33 = w3.fma(x3, s33);
            at += TILE * LANES * 4;
            xAt += TILE * LANES * 4;
        }
        if (COUNT == LANES) {
            FloatVector h00 = s00.blend(s20, UPPER_HALF)
                    .add(s20.blend(s00, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h01 = s01.blend(s21, UPPER_HALF)
                    .add(s21.blend(s01, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h02 = s02.blend(s22, UPPER_HALF)
                    .add(s22.blend(s02, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h03 = s03.blend(s23, UPPER_HALF)
                    .add(s23.blend(s03, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h10 = s10.blend(s30, UPPER_HALF)
                    .add(s30.blend(s10, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h11 = s11.blend(s31, UPPER_HALF)
                    .add(s31.blend(s11, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h12 = s12.blend(s32, UPPER_HALF)
                    .add(s32.blend(s12, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector h13 = s13.blend(s33, UPPER_HALF)
                    .add(s33.blend(s13, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector q0 = h00.blend(h10, UPPER_QUARTERS)
                    .add(h10.blend(h00, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
            FloatVector q1 = h01.blend(h11, UPPER_QUARTERS)
                    .add(h11.blend(h01, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
            FloatVector q2 = h02.blend(h12, UPPER_QUARTERS)
                    .add(h12.blend(h02, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
            FloatVector q3 = h03.blend(h13, UPPER_QUARTERS)
                    .add(h13.blend(h03, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
            FloatVector even = q0.blend(q2, UPPER_PAIRS)
                    .add(q2.blend(q0, UPPER_PAIRS).rearrange(SWAP_PAIRS));
            FloatVector odd = q1.blend(q3, UPPER_PAIRS)
                    .add(q3.blend(q1, UPPER_PAIRS).rearrange(SWAP_PAIRS));
            FloatVector all = even.blend(odd, UPPER_NEIGHBOURS)
                    .add(odd.blend(even, UPPER_NEIGHBOURS).rearrange(SWAP_NEIGHBOURS));
            all.intoArray(sums, 0);
            return;
        }
        s00.intoArray(sums, part);
        s01.intoArray(sums, part + 16);
        s02.intoArray(sums, part + 32);
        s03.intoArray(sums, part + 48);
        s10.intoArray(sums, part + 64);
        s11.intoArray(sums, part + 80);
        s12.intoArray(sums, part + 96);
        s13.intoArray(sums, part + 112);
        s20.intoArray(sums, part + 128);
        s21.intoArray(sums, part + 144);
        s22.intoArray(sums, part + 160);
        s23.intoArray(sums, part + 176);
        s30.intoArray(sums, part + 192);
        s31.intoArray(sums, part + 208);
        s32.intoArray(sums, part + 224);
        s33.intoArray(sums, part + 240);
    }
}
