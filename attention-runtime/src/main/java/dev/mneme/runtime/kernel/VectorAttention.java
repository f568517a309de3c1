package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import java.util.Arrays;

/**
 * Attention over one split. Each block's K and V are brought to f32 once and then serve all query
 * rows, a group of {@link RunningSoftmax#GROUP} at a time: their scores (tiles of rows by keys), their softmax, their outputs
 * (tiles of rows by dimensions). Outputs grow in place in the caller's partial results. Where the rows are few,
 * {@link FewRowAttention} does it.
 */
final class VectorAttention {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int TILE = AttentionTiles.TILE;
    private static final int GROUP = RunningSoftmax.GROUP;

    private final BlockUnpacking unpacking = new BlockUnpacking();
    private final RunningSoftmax softmax = new RunningSoftmax();
    private final FewRowAttention fewRows = new FewRowAttention();
    private final NextBlock next = new NextBlock();
    /** Kept so that the compiler keeps the sweep. */
    private int swept;
    private float[] rotated = new float[0];
    private float[] keys = new float[0];
    private float[] values = new float[0];

    void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int layerInGroup, int kvHead,
            float[] partials, int partialOffset) {
        int rows = tile.tokens() * shape.queryHeads();
        int length = shape.partialLength();
        int firstHead = kvHead * shape.queryHeads() * shape.headDim();
        softmax.begin(rows);
        for (int row = 0; row < rows; row++) {
            int partial = partialOffset + row * length;
            Arrays.fill(partials, partial, partial + shape.headDim(), 0);
        }
        boolean few = FewRowAttention.takes(shape, tile);
        for (int entry = fromEntry; entry < toEntry; entry++) {
            long keyOffset = tile.payloads()[entry].layout().keyOffset(layerInGroup, kvHead);
            int query = tile.row() * queryStride + firstHead;
            next.is(entry + 1 < toEntry ? tile.payloads()[entry + 1] : null, layerInGroup, kvHead);
            if (!few || !fewRows.attend(
                    shape, tile, entry, keyOffset, queries, query, softmax, partials, partialOffset, next)) {
                attendInGroups(shape, tile, entry, keyOffset, queries, queryStride, firstHead, partials, partialOffset);
            }
        }
        for (int row = 0; row < rows; row++) {
            int end = partialOffset + (row + 1) * length;
            partials[end - 2] = softmax.maximum(row);
            partials[end - 1] = softmax.sum(row);
        }
    }

    private void attendInGroups(
            AttentionShape shape, AttentionTile tile, int entry, long keyOffset,
            float[] queries, int queryStride, int firstHead, float[] partials, int partialOffset) {
        BlockPayload payload = tile.payloads()[entry];
        KvLayout layout = payload.layout();
        int headDim = shape.headDim();
        int length = shape.partialLength();
        if (keys.length < headDim * BLOCK) {
            rotated = new float[GROUP * headDim];
            keys = new float[headDim * BLOCK];
            values = new float[headDim * BLOCK];
        }
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, layout.headBytes());
        unpacking.keys(payload, keyOffset, keys);
        unpacking.values(payload, keyOffset + layout.keyBytes(), values);
        int rows = tile.tokens() * shape.queryHeads();
        for (int row = 0; row < rows; row += GROUP) {
            int group = Math.min(GROUP, rows - row);
            rotate(shape, tile, entry, row, group, queries, queryStride, firstHead);
            AttentionTiles.scoreBlock(rotated, group, headDim, keys, softmax.scores);
            softmax.advance(shape, row, group);
            for (int i = 0; i < group; i += TILE) {
                addValues(i, Math.min(TILE, group - i), headDim, partials, partialOffset + (row + i) * length, length);
            }
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
            QueryRotation.rotate(queries, query, heads, shape, page, tile.offset() + token, rotated, i * shape.headDim());
            for (int end = i + heads; i < end; i++) {
                softmax.see(shape, distance, tile.offset() + token, i);
            }
            head = 0;
            token++;
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
            common = Math.max(common, softmax.from[i]);
            commonEnd = Math.min(commonEnd, softmax.to[i]);
        }
        if (common > 0 || commonEnd < BLOCK || headDim % (4 * COUNT) != 0) {
            softmax.scale(first, rows, headDim, partials, partial, length);
            Arrays.fill(softmax.factors, first, first + rows, 1); // changes no bit
        }
        if (common >= commonEnd) {
            for (int i = 0; i < rows; i++) {
                addValues(first + i, softmax.from[first + i], softmax.to[first + i], headDim, partials, partial + i * length);
            }
            return;
        }
        for (int i = 0; i < rows; i++) {
            addValues(first + i, softmax.from[first + i], common, headDim, partials, partial + i * length);
        }
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = rows - 1;
        int d = 0;
        for (; d + 4 * COUNT <= headDim; d += 4 * COUNT) {
            AttentionTiles.addValues(
                    softmax.scores, first * BLOCK, (first + r1) * BLOCK, (first + r2) * BLOCK, (first + r3) * BLOCK,
                    softmax.factors, first, first + r1, first + r2, first + r3, common, commonEnd, values, headDim, d, partials,
                    partial + d, partial + r1 * length + d, partial + r2 * length + d, partial + r3 * length + d);
        }
        for (; d < headDim; d += COUNT) {
            for (int i = 0; i < rows; i++) {
                AttentionTiles.addValuesToVector(
                        softmax.scores, (first + i) * BLOCK, common, commonEnd, values, headDim, d, partials, partial + i * length + d);
            }
        }
        for (int i = 0; i < rows; i++) {
            addValues(first + i, commonEnd, softmax.to[first + i], headDim, partials, partial + i * length);
        }
    }

    private void addValues(int i, int first, int end, int headDim, float[] partials, int partial) {
        if (first < end) {
            for (int d = 0; d < headDim; d += COUNT) {
                AttentionTiles.addValuesToVector(
                        softmax.scores, i * BLOCK, first, end, values, headDim, d, partials, partial + d);
            }
        }
    }
}
