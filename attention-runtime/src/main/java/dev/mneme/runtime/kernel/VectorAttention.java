package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention over one split. Each block's K and V are brought to f32 once and then serve all query
 * rows, {@value #ROWS} at a time: their scores (tiles of rows by keys), their softmax, their outputs
 * (tiles of rows by dimensions). Outputs and maxima grow in place in the caller's partial results.
 */
final class VectorAttention {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int HALF_BLOCK = BLOCK / 2;
    private static final int ROWS = 4;

    private final BlockUnpacking unpacking = new BlockUnpacking();
    private final QuantizedHead head = new QuantizedHead();
    private final float[] scores = new float[ROWS * BLOCK];
    private final int[] from = new int[ROWS];
    private final int[] to = new int[ROWS];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;
    private float[] rotated = new float[0];
    private float[] keys = new float[0];
    private float[] values = new float[0];
    /** The 16 sums of probabilities of each query row. */
    private float[] sums = new float[0];

    void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int layerInGroup, int kvHead,
            float[] partials, int partialOffset) {
        int rows = tile.tokens() * shape.queryHeads();
        int length = shape.partialLength();
        int firstHead = kvHead * shape.queryHeads() * shape.headDim();
        reserve(shape.headDim(), rows);
        Arrays.fill(sums, 0, rows * Numerics.LANES, 0);
        for (int row = 0; row < rows; row++) {
            int partial = partialOffset + row * length;
            Arrays.fill(partials, partial, partial + shape.headDim(), 0);
            partials[partial + shape.headDim()] = Float.NEGATIVE_INFINITY;
        }
        for (int entry = fromEntry; entry < toEntry; entry++) {
            BlockPayload payload = tile.payloads()[entry];
            KvLayout layout = payload.layout();
            long keyOffset = layout.keyOffset(layerInGroup, kvHead);
            swept = MemorySweep.sweep(payload.bytes(), keyOffset, layout.headBytes());
            if (tile.tokens() == 1 && rows <= ROWS && layout.format().isQuantized() && layout.headDim() % (4 * COUNT) == 0) {
                attendQuantized(
                        shape, tile, entry, payload, keyOffset, queries, tile.row() * queryStride + firstHead, rows,
                        partials, partialOffset);
                continue;
            }
            unpacking.keys(payload, keyOffset, keys);
            unpacking.values(payload, keyOffset + layout.keyBytes(), values);
            for (int row = 0; row < rows; row += ROWS) {
                int group = Math.min(ROWS, rows - row);
                for (int i = 0; i < group; i++) {
                    int token = (row + i) / shape.queryHeads();
                    int head = (row + i) % shape.queryHeads();
                    int query = (tile.row() + token) * queryStride + firstHead + head * shape.headDim();
                    rotate(queries, query, shape, tile.pages()[entry], tile.offset() + token, i);
                    see(shape, tile.plan().distance(entry), tile.offset() + token, i);
                }
                score(shape, group);
                for (int i = 0; i < group; i++) {
                    int partial = partialOffset + (row + i) * length;
                    softmax(i, (row + i) * Numerics.LANES, partials, partial, shape.headDim());
                }
                addValues(group, shape.headDim(), partials, partialOffset + row * length, length);
            }
        }
        for (int row = 0; row < rows; row++) {
            partials[partialOffset + row * length + length - 1] = Numerics.sum16(sums, row * Numerics.LANES);
        }
    }

    /** Attention of one token's few heads to one entry. */
    private void attendQuantized(
            AttentionShape shape, AttentionTile tile, int entry, BlockPayload payload, long keyOffset,
            float[] queries, int query, int rows, float[] partials, int partialOffset) {
        int headDim = shape.headDim();
        int length = shape.partialLength();
        for (int i = 0; i < rows; i++) {
            rotate(queries, query + i * headDim, shape, tile.pages()[entry], tile.offset(), i);
            see(shape, tile.plan().distance(entry), tile.offset(), i);
        }
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = rows - 1;
        head.readKeys(payload, keyOffset);
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            QuantizedTiles.score(rotated, r1 * headDim, r2 * headDim, r3 * headDim, headDim,
                    head.keys, head.keyScales, key, scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
        }
        softcap(shape, rows);
        for (int i = 0; i < rows; i++) {
            softmax(i, i * Numerics.LANES, partials, partialOffset + i * length, headDim);
        }
        long valueOffset = keyOffset + payload.layout().keyBytes();
        head.readValues(payload, valueOffset);
        for (int d = 0; d < headDim; d += 4 * COUNT) {
            int o0 = partialOffset + d;
            int o1 = o0 + r1 * length;
            int o2 = o0 + r2 * length;
            int o3 = o0 + r3 * length;
            if (payload.layout().format() == KvFormat.I8) {
                QuantizedTiles.addSigned(
                        scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, from[0], to[0],
                        head.values, head.valueScales, head.shift, headDim, d, partials, o0, o1, o2, o3);
            } else {
                QuantizedTiles.addNibbles(
                        scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, from[0], Math.min(to[0], HALF_BLOCK),
                        head.values, 0, 0, head.valueScales, head.valueMinima, head.shift,
                        headDim, d, partials, o0, o1, o2, o3);
                QuantizedTiles.addNibbles(
                        scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, Math.max(from[0], HALF_BLOCK), to[0],
                        head.values, -HALF_BLOCK * headDim, 4, head.valueScales, head.valueMinima, head.shift,
                        headDim, d, partials, o0, o1, o2, o3);
            }
        }
    }

    /** See {@link Kernels#scoreKeys}. */
    void scoreKeys(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries,
            float[] maxima, float[] masses, int place, int stride) {
        int headDim = shape.headDim();
        reserve(headDim, ROWS);
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, payload.layout().keyBytes());
        unpacking.keys(payload, keyOffset, keys);
        for (int head = 0; head < shape.queryHeads(); head += ROWS) {
            int group = Math.min(ROWS, shape.queryHeads() - head);
            System.arraycopy(queries, head * headDim, rotated, 0, group * headDim);
            score(shape, group);
            for (int i = 0; i < group; i++) {
                float maximum = maximum(scores, i * BLOCK);
                Arrays.fill(sums, 0, Numerics.LANES, 0);
                probabilities(scores, i * BLOCK, maximum, 1, sums, 0);
                maxima[place + (head + i) * stride] = maximum;
                masses[place + (head + i) * stride] = Numerics.sum16(sums, 0);
            }
        }
    }

    private void reserve(int headDim, int rows) {
        if (keys.length < headDim * BLOCK) {
            rotated = new float[ROWS * headDim];
            keys = new float[headDim * BLOCK];
            values = new float[headDim * BLOCK];
        }
        if (sums.length < rows * Numerics.LANES) {
            sums = new float[rows * Numerics.LANES];
        }
    }

    /** The query by a page's row and scaled, to {@code rotated} row {@code i}. */
    private void rotate(float[] queries, int query, AttentionShape shape, RopePage page, int pageRow, int i) {
        int half = shape.headDim() / 2;
        float[] cos = page.cos();
        float[] sin = page.sin();
        float scale = shape.scale();
        int target = i * shape.headDim();
        int table = pageRow * half;
        int vectors = half - half % COUNT;
        for (int d = 0; d < vectors; d += COUNT) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, queries, query + d);
            FloatVector x1 = FloatVector.fromArray(FLOATS, queries, query + half + d);
            FloatVector c = FloatVector.fromArray(FLOATS, cos, table + d);
            FloatVector s = FloatVector.fromArray(FLOATS, sin, table + d);
            x0.fma(c, x1.mul(s).neg()).mul(scale).intoArray(rotated, target + d);
            x0.fma(s, x1.mul(c)).mul(scale).intoArray(rotated, target + half + d);
        }
        for (int d = vectors; d < half; d++) {
            float x0 = queries[query + d];
            float x1 = queries[query + half + d];
            rotated[target + d] = Math.fma(x0, cos[table + d], -(x1 * sin[table + d])) * scale;
            rotated[target + half + d] = Math.fma(x0, sin[table + d], x1 * cos[table + d]) * scale;
        }
    }

    /** Which keys of a block at this distance a query at {@code offset} of its own block sees. */
    private void see(AttentionShape shape, int distance, int offset, int i) {
        from[i] = shape.window() == 0 ? 0 : Math.max(0, BLOCK * distance + offset - shape.window() + 1);
        to[i] = distance == 0 ? offset + 1 : BLOCK;
    }

    private void score(AttentionShape shape, int group) {
        int headDim = shape.headDim();
        int r1 = Math.min(1, group - 1);
        int r2 = Math.min(2, group - 1);
        int r3 = group - 1;
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            AttentionTiles.score(rotated, r1 * headDim, r2 * headDim, r3 * headDim, headDim, keys, key,
                    scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
        }
        softcap(shape, group);
    }

    private void softcap(AttentionShape shape, int group) {
        if (shape.softcap() != 0) {
            VectorMath.softcap(scores, 0, group * BLOCK, shape.softcap());
        }
    }

    /** Scores of row {@code i} to probabilities; scales what the row has summed so far. */
    private void softmax(int i, int sum, float[] partials, int partial, int headDim) {
        int row = i * BLOCK;
        Arrays.fill(scores, row, row + from[i], Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, row + to[i], row + BLOCK, Float.NEGATIVE_INFINITY);
        float before = partials[partial + headDim];
        float maximum = Math.max(before, maximum(scores, row));
        float factor = Numerics.exp(before - maximum);
        partials[partial + headDim] = maximum;
        probabilities(scores, row, maximum, factor, sums, sum);
        for (int d = 0; d < headDim; d += COUNT) {
            FloatVector.fromArray(FLOATS, partials, partial + d).mul(factor).intoArray(partials, partial + d);
        }
    }

    private static float maximum(float[] scores, int row) {
        FloatVector maximum = FloatVector.fromArray(FLOATS, scores, row);
        for (int j = COUNT; j < BLOCK; j += COUNT) {
            maximum = maximum.max(FloatVector.fromArray(FLOATS, scores, row + j));
        }
        return maximum.reduceLanes(VectorOperators.MAX);
    }

    private static void probabilities(float[] scores, int row, float maximum, float factor, float[] sums, int sum) {
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            FloatVector total = FloatVector.fromArray(FLOATS, sums, sum + part).mul(factor);
            for (int j = row + part; j < row + BLOCK; j += Numerics.LANES) {
                FloatVector p = VectorMath.exp(FloatVector.fromArray(FLOATS, scores, j).sub(maximum));
                p.intoArray(scores, j);
                total = total.add(p);
            }
            total.intoArray(sums, sum + part);
        }
    }

    /** Adds the block's values to the outputs of a group of rows; keys that not all of them see, row by row. */
    private void addValues(int group, int headDim, float[] partials, int partial, int length) {
        int common = 0;
        int commonEnd = BLOCK;
        for (int i = 0; i < group; i++) {
            common = Math.max(common, from[i]);
            commonEnd = Math.min(commonEnd, to[i]);
        }
        if (common >= commonEnd) {
            for (int i = 0; i < group; i++) {
                addValues(i, from[i], to[i], headDim, partials, partial + i * length);
            }
            return;
        }
        for (int i = 0; i < group; i++) {
            addValues(i, from[i], common, headDim, partials, partial + i * length);
        }
        int r1 = Math.min(1, group - 1);
        int r2 = Math.min(2, group - 1);
        int r3 = group - 1;
        int d = 0;
        for (; d + 4 * COUNT <= headDim; d += 4 * COUNT) {
            AttentionTiles.addValues(
                    scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, common, commonEnd, values, headDim, d, partials,
                    partial + d, partial + r1 * length + d, partial + r2 * length + d, partial + r3 * length + d);
        }
        for (; d < headDim; d += COUNT) {
            for (int i = 0; i < group; i++) {
                AttentionTiles.addValuesToVector(
                        scores, i * BLOCK, common, commonEnd, values, headDim, d, partials, partial + i * length + d);
            }
        }
        for (int i = 0; i < group; i++) {
            addValues(i, commonEnd, to[i], headDim, partials, partial + i * length);
        }
    }

    private void addValues(int i, int first, int end, int headDim, float[] partials, int partial) {
        if (first < end) {
            for (int d = 0; d < headDim; d += COUNT) {
                AttentionTiles.addValuesToVector(
                        scores, i * BLOCK, first, end, values, headDim, d, partials, partial + d);
            }
        }
    }
}
