package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A decoding token's attention to a block, for models with few query heads a KV head: keys and values are brought to f32 in
 * registers, from where they lie. Not thread-safe.
 */
final class FewRowAttention {
    /** Query rows that there are tiles for; of half floats {@link HalfFloatTiles#ROWS}. */
    private static final int ROWS = 4;
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int HALF_BLOCK = BLOCK / 2;

    private final QuantizedScales scales = new QuantizedScales();
    private float[] rotated = new float[0];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;

    /** Whether a tile's queries are so few, and their heads of a size, that there may be tiles for them. */
    static boolean takes(AttentionShape shape, AttentionTile tile) {
        return tile.tokens() == 1 && shape.queryHeads() <= ROWS && shape.headDim() % (4 * COUNT) == 0;
    }

    /**
     * Attends with the heads of a tile of one token, the first at {@code queries[query]}, to an entry, whose keys begin at {@code keyOffset};
     * false, and nothing done, where there are no tiles for that.
     *
     * @param next asked for meanwhile
     */
    boolean attend(
            AttentionShape shape, AttentionTile tile, int entry, long keyOffset, float[] queries, int query,
            RunningSoftmax softmax, float[] partials, int partialOffset, NextBlock next) {
        BlockPayload payload = tile.payloads()[entry];
        KvFormat format = payload.layout().format();
        if (format == KvFormat.F32 || format == KvFormat.F16 && shape.queryHeads() > HalfFloatTiles.ROWS) {
            return false;
        }
        MemorySegment bytes = payload.bytes();
        if (!bytes.scope().isAlive()) {
            throw new IllegalStateException("a block of the session has been given back");
        }
        prepare(shape, tile, entry, queries, query, softmax);
        boolean attended = format == KvFormat.F16
                ? attendHalves(shape, payload, keyOffset, softmax, partials, partialOffset, next)
                : attendQuantized(shape, payload, keyOffset, softmax, partials, partialOffset, next);
        Reference.reachabilityFence(bytes); // it was read by address
        return attended;
    }

    private void prepare(
            AttentionShape shape, AttentionTile tile, int entry, float[] queries, int query, RunningSoftmax softmax) {
        if (rotated.length < ROWS * shape.headDim()) {
            rotated = new float[ROWS * shape.headDim()];
        }
        QueryRotation.rotate(queries, query, shape.queryHeads(), shape, tile.pages()[entry], tile.offset(), rotated, 0);
        for (int row = 0; row < shape.queryHeads(); row++) {
            softmax.see(shape, tile.plan().distance(entry), tile.offset(), row);
        }
    }

    private boolean attendHalves(
            AttentionShape shape, BlockPayload payload, long keyOffset,
            RunningSoftmax softmax, float[] partials, int partialOffset, NextBlock next) {
        int headDim = shape.headDim();
        int rows = shape.queryHeads();
        int length = shape.partialLength();
        float[] scores = softmax.scores;
        long keys = payload.bytes().address() + keyOffset;
        boolean finite = HalfFloatTiles.sweepFinite(keys, payload.layout().headBytes());
        if (!HalfFloatTiles.raise(rotated, rows * headDim) || !finite) {
            return false;
        }
        next.askForPart();
        int r1 = Math.min(1, rows - 1);
        int r2 = rows - 1;
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            HalfFloatTiles.score(rotated, r1 * headDim, r2 * headDim, headDim, keys, key, scores, r1 * BLOCK, r2 * BLOCK);
        }
        next.askForPart();
        softmax.advance(shape, 0, rows);
        next.askForPart();
        softmax.scale(0, rows, headDim, partials, partialOffset, length);
        HalfFloatTiles.raise(scores, rows * BLOCK); // probabilities: none is above 1
        long values = keys + payload.layout().keyBytes();
        for (int d = 0; d < headDim; d += 4 * COUNT) {
            int o0 = partialOffset + d;
            HalfFloatTiles.addValues(scores, r1 * BLOCK, r2 * BLOCK, softmax.from[0], softmax.to[0], values, headDim, d,
                    partials, o0, o0 + r1 * length, o0 + r2 * length);
        }
        next.askForRest();
        return true;
    }

    private boolean attendQuantized(
            AttentionShape shape, BlockPayload payload, long keyOffset,
            RunningSoftmax softmax, float[] partials, int partialOffset, NextBlock next) {
        int rows = shape.queryHeads();
        long valueOffset = keyOffset + payload.layout().keyBytes();
        long keys = payload.bytes().address() + keyOffset;
        long values = payload.bytes().address() + valueOffset;
        swept = MemorySweep.sweep(payload.bytes(), keyOffset, Prefetch.unasked(payload.layout().headBytes()));
        next.askForPart();
        scales.readKeys(payload, keyOffset);
        scoreSigned(rows, shape.headDim(), keys, softmax.scores);
        next.askForPart();
        softmax.advance(shape, 0, rows);
        next.askForPart();
        softmax.scale(0, rows, shape.headDim(), partials, partialOffset, shape.partialLength());
        scales.readValues(payload, valueOffset);
        if (payload.layout().format() == KvFormat.I8) {
            addSigned(shape, values, softmax, partials, partialOffset);
        } else {
            addNibbles(shape, values, softmax, partials, partialOffset);
        }
        next.askForRest();
        return true;
    }

    private void scoreSigned(int rows, int headDim, long keys, float[] scores) {
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = rows - 1;
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            if (rows < ROWS) {
                ThreeRowTiles.score(rotated, r1 * headDim, r2 * headDim, headDim,
                        keys, scales.keys, key, scores, r1 * BLOCK, r2 * BLOCK);
            } else {
                QuantizedTiles.score(rotated, r1 * headDim, r2 * headDim, r3 * headDim, headDim,
                        keys, scales.keys, key, scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
            }
        }
    }

    private void addSigned(AttentionShape shape, long values, RunningSoftmax softmax, float[] partials, int partialOffset) {
        int headDim = shape.headDim();
        int length = shape.partialLength();
        int r1 = Math.min(1, shape.queryHeads() - 1);
        int r2 = Math.min(2, shape.queryHeads() - 1);
        int r3 = shape.queryHeads() - 1;
        for (int d = 0; d < headDim; d += 4 * COUNT) {
            int o0 = partialOffset + d;
            if (shape.queryHeads() < ROWS) {
                ThreeRowTiles.addSigned(
                        softmax.scores, r1 * BLOCK, r2 * BLOCK, softmax.from[0], softmax.to[0],
                        values, scales.values, scales.shift, headDim, d, partials, o0, o0 + r1 * length, o0 + r2 * length);
            } else {
                QuantizedTiles.addSigned(
                        softmax.scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, softmax.from[0], softmax.to[0],
                        values, scales.values, scales.shift, headDim, d,
                        partials, o0, o0 + r1 * length, o0 + r2 * length, o0 + r3 * length);
            }
        }
    }

    private void addNibbles(AttentionShape shape, long values, RunningSoftmax softmax, float[] partials, int partialOffset) {
        int headDim = shape.headDim();
        int length = shape.partialLength();
        int r1 = Math.min(1, shape.queryHeads() - 1);
        int r2 = Math.min(2, shape.queryHeads() - 1);
        int r3 = shape.queryHeads() - 1;
        int from = softmax.from[0];
        int to = softmax.to[0];
        for (int d = 0; d < headDim; d += 4 * COUNT) {
            int o0 = partialOffset + d;
            QuantizedTiles.addNibbles(
                    softmax.scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, from, Math.min(to, HALF_BLOCK),
                    values, 0, 0, scales.values, scales.minima, scales.shift, headDim, d,
                    partials, o0, o0 + r1 * length, o0 + r2 * length, o0 + r3 * length);
            QuantizedTiles.addNibbles(
                    softmax.scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, Math.max(from, HALF_BLOCK), to,
                    values, -HALF_BLOCK * headDim, 4, scales.values, scales.minima, scales.shift, headDim, d,
                    partials, o0, o0 + r1 * length, o0 + r2 * length, o0 + r3 * length);
        }
    }
}
