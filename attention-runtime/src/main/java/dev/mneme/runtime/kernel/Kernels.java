package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.kv.BlockPayload;
import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of one compute thread. Every implementation gives the bits of
 * {@link ScalarKernels}; how it cuts the work into tiles must not show. Not thread-safe: an instance
 * may own scratch memory. Buffers of activations are row after row, one row per token. All row
 * lengths are multiples of 16.
 */
public interface Kernels {
    /**
     * Matrix product with rows {@code [fromRow, toRow)} of a weight matrix:
     * {@code output[outputOffset + t * outputStride + r] = dot(weight row r, input row t)} for every
     * token {@code t}, with {@code r} counted in the matrix. Dot products in the canonical order:
     * 16 partial sums, lane {@code l} over elements {@code l, l + 16, …} ascending by
     * {@code fma(weight, input, sum)}, then the tree of {@code Numerics.sum16}.
     *
     * @param weights {@code [rows][columns]}
     * @param input   {@code [tokens][columns]}
     * @param inputVersion another one whenever the input's numbers are others: kernels may keep what they made of it
     */
    void matmul(
            WeightMatrix weights, int fromRow, int toRow,
            float[] input, int tokens, int inputVersion,
            float[] output, int outputStride, int outputOffset);

    /**
     * Root mean square norm: {@code output[i] = (input[i] * s) * weight[i]}, with
     * {@code s = (float) (1 / sqrt((double) (sum of squares / length) + epsilon))}, the sum of
     * squares in the order of a dot product and divided in float. Input and output may be the same
     * place.
     */
    void rmsNorm(
            float[] input, int inputOffset, int length, float[] weight, float epsilon,
            float[] output, int outputOffset);

    /** {@code gate[i] = Numerics.silu(gate[i]) * up[i]} for {@code count} numbers from {@code offset} on. */
    void siluMultiply(float[] gate, float[] up, int offset, int count);

    /** {@code gate[i] = Numerics.geluTanh(gate[i]) * up[i]} for {@code count} numbers from {@code offset} on. */
    void geluMultiply(float[] gate, float[] up, int offset, int count);

    /**
     * Attention of a tile's queries to one split of its plan, for the query heads of one KV head.
     *
     * <p>For each entry {@code [fromEntry, toEntry)} ascending, and each query row: the query is
     * rotated by the entry's page (pair {@code i} is dimensions {@code i} and {@code i + headDim/2}:
     * {@code fma(x0, cos, -(x1 * sin))} and {@code fma(x0, sin, x1 * cos)}) and then multiplied by
     * the scale; a score sums {@code fma(q_d, K_dj, sum)} from 0 over ascending {@code d}; then, with
     * {@code m} the maximum before and {@code m'} the maximum with this block's visible keys,
     * {@code f = exp(m - m')}, {@code p_j = exp(s_j - m')}, 0 for keys not visible; the 16 sums of
     * {@code p} (key {@code j} in lane {@code j mod 16}) are multiplied by {@code f}, then
     * {@code p_j} added, ascending; each output is multiplied by {@code f}, then
     * {@code fma(p_j, V_jd, output)} over the visible keys, ascending. At the start {@code m} is
     * negative infinity and all sums are 0. At the end the 16 sums are added by {@code Numerics.sum16}.
     *
     * <p>Keys and values are those of {@code KvNumbers}, whatever their format; it may differ from entry to entry.
     *
     * <p>Query row {@code i * queryHeads + h} (token {@code i} of the tile, head {@code h} of the
     * KV head) leaves {@code headDim} outputs, then {@code m}, then the sum of {@code p}, at
     * {@code partials[partialOffset + row * shape.partialLength()]}.
     *
     * @param queries      {@code [batch rows][all query heads][headDim]}, not rotated, dimensions in
     *                     rotation order (first members of all pairs, then the second)
     * @param queryStride  numbers in a batch row of queries
     * @param layerInGroup the layer, counted within the group that the payloads are of
     * @param kvHead       the KV head; its first query head is {@code kvHead * queryHeads}
     */
    void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int layerInGroup, int kvHead,
            float[] partials, int partialOffset);

    /**
     * Scores the 64 blocks of a chunk by their summaries (see {@code BlockSummary}) for some queries. The score is
     * {@code sum(q_d * mean_d) + 2 * sqrt(sum((q_d * deviation_d)^2))}: about the greatest score of the block's keys, if they
     * strayed from their mean in each dimension by itself. Both sums over ascending dimensions, of the bytes, by
     * {@code fma(byte, q_d, sum)}, and {@code fma(t, t, sum)} with {@code t = byte * q_d}; then
     * {@code fma(2 * deviation scale, sqrt(sum), mean sum * mean scale)}.
     * Places of the chunk that have no summary get some number.
     *
     * @param chunk   native memory; a KV head's summaries begin at {@code offset}
     * @param queries rotated and scaled; {@code [rows][headDim]} from {@code from} on
     * @param scores  takes the b-th block's score for row r at {@code place + b + r * stride}
     */
    void scoreSummaries(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride);

    /**
     * Scores all keys of a full block for query heads of a KV head, as attention does. Each row leaves, in the place of
     * its result, the maximum m and the sum of {@code exp(score - m)}: 16 sums, key j in lane j mod 16, ascending, then
     * {@code Numerics.sum16}. Rows may be of several tokens.
     *
     * @param queries rotated and scaled; {@code headDim} numbers a row
     */
    void scoreKeys(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] maxima, float[] sums);

    /**
     * What blocks are worth to the query heads of a KV head. A head gives a block {@code exp(maximum) * sum}, its weight in a
     * softmax over keys. Its share of a block is the block's part of what it gives to all; a block is worth its highest share
     * among the heads, so that what one head looks for is not outvoted.
     *
     * <p>In numbers: with M the highest maximum of the head, weight {@code w = exp(maximum - M) * sum}, total of the 16 sums
     * (place p in lane p mod 16, ascending) by {@code Numerics.sum16}, share {@code w / total}.
     *
     * @param maxima of head h and place p at {@code from + h * stride + p}; replaced by weights
     * @param sums   of head h and place p at {@code fromSum + h * length + p}, positive
     * @param length number of places
     * @param worth  takes what each place is worth, from 0 on
     */
    void worth(
            float[] maxima, int from, int stride, float[] sums, int fromSum, int heads, int length, float[] worth);
}
