package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The reference: each sum written as its definition says. Slow, and meant to be read. */
public final class ScalarKernels implements Kernels {
    /** Makes scalar kernels. */
    public static final KernelProvider PROVIDER = new Provider();

    private final float[] lanes = new float[Numerics.LANES];
    private final ScalarAttention attention = new ScalarAttention();
    private final ScalarScores scores = new ScalarScores();
    private float[] weightRow = new float[0];

    ScalarKernels() {}

    @Override
    public void matmul(
            WeightMatrix weights, int fromRow, int toRow,
            float[] input, int tokens, int inputVersion,
            float[] output, int outputStride, int outputOffset) {
        int columns = weights.columns();
        if (weightRow.length < columns) {
            weightRow = new float[columns];
        }
        for (int row = fromRow; row < toRow; row++) {
            weights.stored().row(row, weightRow, 0);
            for (int t = 0; t < tokens; t++) {
                output[outputOffset + t * outputStride + row] = dot(weightRow, 0, input, t * columns, columns);
            }
        }
    }

    @Override
    public void rmsNorm(
            float[] input, int inputOffset, int length, float[] weight, float epsilon,
            float[] output, int outputOffset) {
        float squares = dot(input, inputOffset, input, inputOffset, length);
        float scale = (float) (1 / Math.sqrt((double) (squares / length) + epsilon));
        for (int i = 0; i < length; i++) {
            output[outputOffset + i] = input[inputOffset + i] * scale * weight[i];
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            gate[i] = Numerics.silu(gate[i]) * up[i];
        }
    }

    @Override
    public void geluMultiply(float[] gate, float[] up, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            gate[i] = Numerics.geluTanh(gate[i]) * up[i];
        }
    }

    @Override
    public void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int layerInGroup, int kvHead,
            float[] partials, int partialOffset) {
        for (int i = 0; i < tile.tokens(); i++) {
            int query = (tile.row() + i) * queryStride + kvHead * shape.queryHeads() * shape.headDim();
            for (int h = 0; h < shape.queryHeads(); h++) {
                int row = i * shape.queryHeads() + h;
                attention.begin(shape, queries, query + h * shape.headDim());
                for (int entry = fromEntry; entry < toEntry; entry++) {
                    attention.addBlock(tile, i, entry, layerInGroup, kvHead);
                }
                attention.end(partials, partialOffset + row * shape.partialLength());
            }
        }
    }

    @Override
    public void scoreSummaries(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] target, int place, int stride) {
        for (int row = 0; row < rows; row++) {
            for (int block = 0; block < SummaryLayout.BLOCKS; block++) {
                target[place + row * stride + block] =
                        scores.ofSummary(chunk, offset, block, headDim, queries, from + row * headDim);
            }
        }
    }

    @Override
    public void scoreKeys(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] maxima, float[] sums) {
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        for (int row = 0; row < rows.count(); row++) {
            scores.ofKeys(shape, payload, keyOffset, queries, rows.query(row));
            maxima[rows.result(row)] = scores.maximum();
            sums[rows.result(row)] = scores.sum();
        }
    }

    @Override
    public void worth(
            float[] maxima, int from, int stride, float[] sums, int fromSum, int heads, int length, float[] worth) {
        Arrays.fill(worth, 0, length, 0);
        for (int head = 0; head < heads; head++) {
            addWorth(maxima, from + head * stride, sums, fromSum + head * length, length, worth);
        }
    }

    private void addWorth(float[] maxima, int from, float[] sums, int fromSum, int length, float[] worth) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            highest = Math.max(highest, maxima[i]);
        }
        Arrays.fill(lanes, 0);
        for (int place = 0; place < length; place++) {
            float weight = Numerics.exp(maxima[from + place] - highest) * sums[fromSum + place];
            maxima[from + place] = weight;
            lanes[place % Numerics.LANES] += weight;
        }
        float total = Numerics.sum16(lanes, 0);
        for (int place = 0; place < length; place++) {
            worth[place] = Math.max(worth[place], maxima[from + place] / total);
        }
    }

    private float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < length; i += Numerics.LANES) {
            for (int l = 0; l < Numerics.LANES; l++) {
                lanes[l] = Math.fma(a[aOffset + i + l], b[bOffset + i + l], lanes[l]);
            }
        }
        return Numerics.sum16(lanes, 0);
    }

    private record Provider() implements KernelProvider {
        @Override
        public String name() {
            return "scalar";
        }

        @Override
        public Kernels newKernels() {
            return new ScalarKernels();
        }
    }
}
