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
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention over one split. Each block's K and V are brought to f32 once and then serve all query
 * rows, {@value #GROUP} at a time: their scores (tiles of rows by keys), their softmax, their outputs
 * (tiles of rows by dimensions). Outputs grow in place in the caller's partial results.
 *
 * <p>A row's softmax is a long chain of operations that wait for each other. So each of its steps is taken for all rows
 * of a group before the next one, and the processor works on many rows at once.
 */
final class VectorAttention {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int HALF_BLOCK = BLOCK / 2;
    /** Rows of a tile. */
    private static final int TILE = 4;
    /** Rows that go through a block together. */
    private static final int GROUP = 32;

    private final BlockUnpacking unpacking = new BlockUnpacking();
    private final QuantizedHead head = new QuantizedHead();
    private final float[] scores = new float[GROUP * BLOCK];
    private final int[] from = new int[GROUP];
    private final int[] to = new int[GROUP];
    /** What the outputs and sums of the group's rows are multiplied by before a block is added. */
    private final float[] factors = new float[GROUP];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;
    private float[] rotated = new float[0];
    private float[] keys = new float[0];
    private float[] values = new float[0];
    /** The maximum of each query row. */
    private float[] maxima = new float[0];
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
        Arrays.fill(maxima, 0, rows, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
            int partial = partialOffset + row * length;
            Arrays.fill(partials, partial, partial + shape.headDim(), 0);
        }
        for (int entry = fromEntry; entry < toEntry; entry++) {
            BlockPayload payload = tile.payloads()[entry];
            KvLayout layout = payload.layout();
            long keyOffset = layout.keyOffset(layerInGroup, kvHead);
            boolean few = tile.tokens() == 1 && layout.headDim() % (4 * COUNT) == 0;
            int query = tile.row() * queryStride + firstHead;
            if (few && rows <= HalfFloatTiles.ROWS && layout.format() == KvFormat.F16) {
                if (attendHalves(shape, tile, entry, payload, keyOffset, queries, query, rows, partials, partialOffset)) {
                    continue;
                }
            } else {
                swept = MemorySweep.sweep(payload.bytes(), keyOffset, layout.headBytes());
            }
            if (few && rows <= TILE && layout.format().isQuantized()) {
                attendQuantized(shape, tile, entry, payload, keyOffset, queries, query, rows, partials, partialOffset);
                continue;
            }
            unpacking.keys(payload, keyOffset, keys);
            unpacking.values(payload, keyOffset + layout.keyBytes(), values);
            for (int row = 0; row < rows; row += GROUP) {
                int group = Math.min(GROUP, rows - row);
                rotate(shape, tile, entry, row, group, queries, queryStride, firstHead);
                score(shape, group);
                softmax(row, group);
                for (int i = 0; i < group; i += TILE) {
                    addValues(i, Math.min(TILE, group - i), shape.headDim(), partials, partialOffset + (row + i) * length, length);
                }
            }
        }
        for (int row = 0; row < rows; row++) {
            int end = partialOffset + (row + 1) * length;
            partials[end - 2] = maxima[row];
            partials[end - 1] = Numerics.sum16(sums, row * Numerics.LANES);
        }
    }

    /** Attention of one token's few heads to an entry of half floats; false, and nothing done, where the tiles may not be used. */
    private boolean attendHalves(
            AttentionShape shape, AttentionTile tile, int entry, BlockPayload payload, long keyOffset,
            float[] queries, int query, int rows, float[] partials, int partialOffset) {
        int headDim = shape.headDim();
        int length = shape.partialLength();
        MemorySegment bytes = payload.bytes();
        if (!bytes.scope().isAlive()) {
            throw new IllegalStateException("a block of the session has been given back");
        }
        long keysAt = bytes.address() + keyOffset;
        boolean finite = HalfFloatTiles.sweepFinite(keysAt, payload.layout().headBytes());
        rotateHeads(queries, query, rows, shape, tile.pages()[entry], tile.offset(), 0);
        if (!HalfFloatTiles.raise(rotated, rows * headDim) || !finite) {
            return false;
        }
        for (int i = 0; i < rows; i++) {
            see(shape, tile.plan().distance(entry), tile.offset(), i);
        }
        int r1 = Math.min(1, rows - 1);
        int r2 = rows - 1;
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            HalfFloatTiles.score(rotated, r1 * headDim, r2 * headDim, headDim, keysAt, key, scores, r1 * BLOCK, r2 * BLOCK);
        }
        softcap(shape, rows);
        softmax(0, rows);
        scale(0, rows, headDim, partials, partialOffset, length);
        HalfFloatTiles.raise(scores, rows * BLOCK); // probabilities: none is above 1
        long valuesAt = keysAt + payload.layout().keyBytes();
        for (int d = 0; d < headDim; d += 4 * COUNT) {
            int o0 = partialOffset + d;
            HalfFloatTiles.addValues(scores, r1 * BLOCK, r2 * BLOCK, from[0], to[0], valuesAt, headDim, d,
                    partials, o0, o0 + r1 * length, o0 + r2 * length);
        }
        Reference.reachabilityFence(bytes); // it was read by address
        return true;
    }

    /** Attention of one token's few heads to a quantized entry. */
    private void attendQuantized(
            AttentionShape shape, AttentionTile tile, int entry, BlockPayload payload, long keyOffset,
            float[] queries, int query, int rows, float[] partials, int partialOffset) {
        int headDim = shape.headDim();
        int length = shape.partialLength();
        rotateHeads(queries, query, rows, shape, tile.pages()[entry], tile.offset(), 0);
        for (int i = 0; i < rows; i++) {
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
        softmax(0, rows);
        scale(0, rows, headDim, partials, partialOffset, length);
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
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] blockMaxima, float[] masses) {
        int headDim = shape.headDim();
        reserve(headDim, GROUP);
        long keyOffset = payload.layout().keyOffset(layerInGroup, kvHead);
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, payload.layout().keyBytes());
        unpacking.keys(payload, keyOffset, keys);
        for (int row = 0; row < rows.count(); row += GROUP) {
            int group = Math.min(GROUP, rows.count() - row);
            for (int i = 0; i < group; i++) {
                System.arraycopy(queries, rows.query(row + i), rotated, i * headDim, headDim);
            }
            score(shape, group);
            RowSoftmax.maxima(scores, group, maxima);
            RowSoftmax.sums(scores, group, maxima, sums);
            for (int i = 0; i < group; i++) {
                blockMaxima[rows.result(row + i)] = maxima[i];
                masses[rows.result(row + i)] = Numerics.sum16(sums, i * Numerics.LANES);
            }
        }
    }

    private void reserve(int headDim, int rows) {
        if (keys.length < headDim * BLOCK) {
            rotated = new float[GROUP * headDim];
            keys = new float[headDim * BLOCK];
            values = new float[headDim * BLOCK];
        }
        if (maxima.length < rows) {
            int groups = (rows + GROUP - 1) / GROUP;
            maxima = new float[groups * GROUP];
            sums = new float[groups * GROUP * Numerics.LANES];
        }
    }

    /** Queries of a group of rows, for one entry, to {@code rotated}; and which keys they see. */
    private void rotate(
            AttentionShape shape, AttentionTile tile, int entry, int row, int group,
            float[] queries, int queryStride, int firstHead) {
        RopePage page = tile.pages()[entry];
        int distance = tile.plan().distance(entry);
        int token = row / shape.queryHeads();
        int head = row % shape.queryHeads();
        for (int i = 0; i < group; ) {
            int heads = Math.min(group - i, shape.queryHeads() - head);
            int query = (tile.row() + token) * queryStride + firstHead + head * shape.headDim();
            rotateHeads(queries, query, heads, shape, page, tile.offset() + token, i);
            for (int end = i + heads; i < end; i++) {
                see(shape, distance, tile.offset() + token, i);
            }
            head = 0;
            token++;
        }
    }

    /** Some query heads of a token, by a page's row and scaled, to {@code rotated} from row {@code i} on. */
    private void rotateHeads(
            float[] queries, int query, int heads, AttentionShape shape, RopePage page, int pageRow, int i) {
        int headDim = shape.headDim();
        int half = headDim / 2;
        int vectors = half - half % COUNT;
        rotateVectors(queries, query, heads, headDim, vectors, page.cos(), page.sin(), pageRow * half, shape.scale(), rotated, i * headDim);
        if (vectors < half) {
            rotateRest(queries, query, heads, headDim, vectors, page.cos(), page.sin(), pageRow * half, shape.scale(), rotated, i * headDim);
        }
    }

    private static void rotateVectors(
            float[] queries, int query, int heads, int headDim, int to, float[] cos, float[] sin, int table, float scale,
            float[] rotated, int target) {
        int half = headDim / 2;
        for (int d = 0; d < to; d += COUNT) {
            FloatVector c = FloatVector.fromArray(FLOATS, cos, table + d);
            FloatVector s = FloatVector.fromArray(FLOATS, sin, table + d);
            for (int at = d; at < heads * headDim; at += headDim) {
                FloatVector x0 = FloatVector.fromArray(FLOATS, queries, query + at);
                FloatVector x1 = FloatVector.fromArray(FLOATS, queries, query + half + at);
                x0.fma(c, x1.mul(s).neg()).mul(scale).intoArray(rotated, target + at);
                x0.fma(s, x1.mul(c)).mul(scale).intoArray(rotated, target + half + at);
            }
        }
    }

    private static void rotateRest(
            float[] queries, int query, int heads, int headDim, int from, float[] cos, float[] sin, int table, float scale,
            float[] rotated, int target) {
        int half = headDim / 2;
        for (int d = from; d < half; d++) {
            for (int at = d; at < heads * headDim; at += headDim) {
                float x0 = queries[query + at];
                float x1 = queries[query + half + at];
                rotated[target + at] = Math.fma(x0, cos[table + d], -(x1 * sin[table + d])) * scale;
                rotated[target + half + at] = Math.fma(x0, sin[table + d], x1 * cos[table + d]) * scale;
            }
        }
    }

    /** Which keys of a block at this distance a query at {@code offset} of its own block sees. */
    private void see(AttentionShape shape, int distance, int offset, int i) {
        from[i] = shape.window() == 0 ? 0 : Math.max(0, BLOCK * distance + offset - shape.window() + 1);
        to[i] = distance == 0 ? offset + 1 : BLOCK;
    }

    private void score(AttentionShape shape, int group) {
        int headDim = shape.headDim();
        for (int row = 0; row < group; row += TILE) {
            int r0 = row * headDim;
            int r1 = Math.min(row + 1, group - 1);
            int r2 = Math.min(row + 2, group - 1);
            int r3 = Math.min(row + 3, group - 1);
            for (int key = 0; key < BLOCK; key += 4 * COUNT) {
                AttentionTiles.score(rotated, r0, r1 * headDim, r2 * headDim, r3 * headDim, headDim, keys, key,
                        scores, row * BLOCK, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
            }
        }
        softcap(shape, group);
    }

    private void softcap(AttentionShape shape, int group) {
        if (shape.softcap() != 0) {
            VectorMath.softcap(scores, 0, group * BLOCK, shape.softcap());
        }
    }

    /** Scores of a group to probabilities, with its factors; {@code row} is the group's first. */
    private void softmax(int row, int group) {
        for (int i = 0; i < group; i++) {
            if (to[i] - from[i] < BLOCK) {
                Arrays.fill(scores, i * BLOCK, i * BLOCK + from[i], Float.NEGATIVE_INFINITY);
                Arrays.fill(scores, i * BLOCK + to[i], (i + 1) * BLOCK, Float.NEGATIVE_INFINITY);
            }
        }
        RowSoftmax.maxima(scores, group, factors);
        RowSoftmax.factors(maxima, row, group, factors);
        RowSoftmax.probabilities(scores, group, maxima, row, factors, sums);
    }

    /** Multiplies the outputs of rows by their factors. */
    private void scale(int first, int count, int headDim, float[] partials, int partial, int length) {
        for (int i = 0; i < count; i++) {
            float factor = factors[first + i];
            int to = partial + i * length;
            for (int d = 0; d < headDim; d += COUNT) {
                FloatVector.fromArray(FLOATS, partials, to + d).mul(factor).intoArray(partials, to + d);
            }
        }
    }

    /**
     * Adds the block's values to the outputs of a tile of rows, {@code first} being its first in the group; keys that not
     * all of them see, row by row.
     */
    private void addValues(int first, int rows, int headDim, float[] partials, int partial, int length) {
        int common = 0;
        int commonEnd = BLOCK;
        for (int i = first; i < first + rows; i++) {
            common = Math.max(common, from[i]);
            commonEnd = Math.min(commonEnd, to[i]);
        }
        if (common > 0 || commonEnd < BLOCK || headDim % (4 * COUNT) != 0) {
            scale(first, rows, headDim, partials, partial, length);
            Arrays.fill(factors, first, first + rows, 1); // changes no bit
        }
        if (common >= commonEnd) {
            for (int i = 0; i < rows; i++) {
                addValues(first + i, from[first + i], to[first + i], headDim, partials, partial + i * length);
            }
            return;
        }
        for (int i = 0; i < rows; i++) {
            addValues(first + i, from[first + i], common, headDim, partials, partial + i * length);
        }
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = rows - 1;
        int d = 0;
        for (; d + 4 * COUNT <= headDim; d += 4 * COUNT) {
            AttentionTiles.addValues(
                    scores, first * BLOCK, (first + r1) * BLOCK, (first + r2) * BLOCK, (first + r3) * BLOCK,
                    factors, first, first + r1, first + r2, first + r3, common, commonEnd, values, headDim, d, partials,
                    partial + d, partial + r1 * length + d, partial + r2 * length + d, partial + r3 * length + d);
        }
        for (; d < headDim; d += COUNT) {
            for (int i = 0; i < rows; i++) {
                AttentionTiles.addValuesToVector(
                        scores, (first + i) * BLOCK, common, commonEnd, values, headDim, d, partials, partial + i * length + d);
            }
        }
        for (int i = 0; i < rows; i++) {
            addValues(first + i, commonEnd, to[first + i], headDim, partials, partial + i * length);
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
