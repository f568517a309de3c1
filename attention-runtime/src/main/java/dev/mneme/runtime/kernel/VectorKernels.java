package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The Vector API backend, the same bits as {@link ScalarKernels} at any vector width.
 *
 * <p>Every kernel is made of small static methods that see arrays of one kind and keep their sums in
 * local variables: what the compiler cannot inline or keep apart it boxes, and a boxed vector costs
 * more than all the arithmetic. Sums cross method borders through memory for the same reason.
 *
 * <p>In loops a vector operation is called on the vector that is new, with the sum as its argument ({@code x.max(greatest)}, not
 * {@code greatest.max(x)}), and all vectors of floats have the one width of {@link Lanes}. What class a sum has the compiler
 * learns only from the calls before, and kernels that are compiled at their first calls have none: a sum that is called is a virtual call then,
 * and where calls have met two widths a choice between them. Either way it is boxed in each round, in some processes and not in others.
 */
final class VectorKernels implements Kernels {
    private final PanelProduct product = new PanelProduct();
    private final VectorAttention attention = new VectorAttention();
    private final KeyScores keyScores = new KeyScores();
    private final SummaryScores summaryScores = new SummaryScores();
    private final float[] sums = new float[16 * Numerics.LANES];
    /** An input row where its vectors begin cache lines. */
    private final Scratch row = new Scratch();
    private float[] scales = new float[0];
    private final float[] lanes = new float[Numerics.LANES];

    @Override
    public void matmul(
            WeightMatrix weights, int fromRow, int toRow,
            float[] input, int tokens, int inputVersion,
            float[] output, int outputStride, int outputOffset) {
        PackedWeights packed = fromRow % PackedWeights.GROUP == 0 ? weights.packed() : null;
        GgufTensor stored = weights.stored();
        if (tokens == 1 && packed != null) {
            multiplyPacked(packed, fromRow, toRow, input, output, outputOffset);
        } else if (tokens == 1 && FusedProduct.takes(stored.type())) {
            multiplyFused(stored, fromRow, toRow, input, output, outputOffset);
        } else {
            product.multiply(
                    stored, packed, fromRow, toRow, input, tokens, inputVersion, output, outputStride, outputOffset);
        }
    }

    private void multiplyPacked(
            PackedWeights packed, int fromRow, int toRow, float[] input, float[] output, int outputOffset) {
        if (scales.length < packed.scales) {
            scales = new float[packed.scales];
        }
        long x = row.reserve(packed.columns);
        MemorySegment.copy(input, 0, Scratch.ALL, ValueLayout.JAVA_FLOAT, x, packed.columns);
        for (int first = fromRow; first < toRow; first += 16) {
            int groups = (Math.min(16, toRow - first) + PackedWeights.GROUP - 1) / PackedWeights.GROUP;
            for (int i = 0; i < groups; i++) {
                long group = packed.group(first) + (long) i * packed.groupBytes;
                PackedScales.expand(packed, group, scales, 0);
                PackedDot.multiply(packed, group, scales, x, sums, 64 * i);
            }
            if (first + 16 <= toRow) {
                LaneSums.sixteen(sums, 0, output, outputOffset + first);
            } else {
                LaneSums.sixteen(sums, 0, sums, 0);
                System.arraycopy(sums, 0, output, outputOffset + first, toRow - first);
            }
        }
        Reference.reachabilityFence(this); // its memory was used by address
    }

    /**
     * Rows a quarter of the range apart go together, so that the processor sees four long streams
     * that it can prefetch, not four short ones that begin anew every few lines.
     */
    private void multiplyFused(
            GgufTensor weights, int fromRow, int toRow, float[] input, float[] output, int outputOffset) {
        long rowBytes = weights.rowBytes();
        int quarter = (toRow - fromRow + 3) / 4;
        for (int row = fromRow; row < fromRow + quarter; row++) {
            int r1 = Math.min(row + quarter, toRow - 1);
            int r2 = Math.min(row + 2 * quarter, toRow - 1);
            int r3 = Math.min(row + 3 * quarter, toRow - 1);
            FusedProduct.multiply(
                    weights.type(), weights.data(), row * rowBytes, r1 * rowBytes, r2 * rowBytes, r3 * rowBytes,
                    weights.columns(), input, sums);
            LaneSums.four(
                    sums, 0, output, outputOffset + row, outputOffset + r1, outputOffset + r2, outputOffset + r3);
        }
    }

    @Override
    public void rmsNorm(
            float[] input, int inputOffset, int length, float[] weight, float epsilon,
            float[] output, int outputOffset) {
        squares(input, inputOffset, length, lanes);
        float squares = Numerics.sum16(lanes, 0);
        float scale = (float) (1 / Math.sqrt((double) (squares / length) + epsilon));
        for (int i = 0; i < length; i += COUNT) {
            FloatVector.fromArray(FLOATS, input, inputOffset + i).mul(scale)
                    .mul(FloatVector.fromArray(FLOATS, weight, i)).intoArray(output, outputOffset + i);
        }
    }

    private static void squares(float[] input, int offset, int length, float[] lanes) {
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = offset + part; i < offset + length; i += Numerics.LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, i);
                sum = x.fma(x, sum);
            }
            sum.intoArray(lanes, part);
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int offset, int count) {
        VectorMath.siluMultiply(gate, up, offset, count);
    }

    @Override
    public void geluMultiply(float[] gate, float[] up, int offset, int count) {
        VectorMath.geluMultiply(gate, up, offset, count);
    }

    @Override
    public void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int layerInGroup, int kvHead,
            float[] partials, int partialOffset) {
        attention.attend(
                shape, tile, fromEntry, toEntry, queries, queryStride, layerInGroup, kvHead, partials, partialOffset);
    }

    @Override
    public void scoreSummaries(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride) {
        summaryScores.score(chunk, offset, headDim, queries, from, rows, scores, place, stride);
    }

    @Override
    public void scoreKeys(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] maxima, float[] sums) {
        keyScores.score(shape, payload, layerInGroup, kvHead, queries, rows, maxima, sums);
    }

    @Override
    public void worth(
            float[] maxima, int from, int stride, float[] sums, int fromSum, int heads, int length, float[] worth) {
        Arrays.fill(worth, 0, length, 0);
        for (int head = 0; head < heads; head++) {
            BlockWorth.addHead(maxima, from + head * stride, sums, fromSum + head * length, length, lanes, worth);
        }
    }
}
