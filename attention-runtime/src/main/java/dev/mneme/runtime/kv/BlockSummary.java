package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The summary of one KV head's keys in a full block, by which blocks are scored without reading their keys: for each
 * dimension the mean of the 64 stored keys and their standard deviation from it. (The largest deviation would give a
 * sound bound but recalls nothing: one stray key outshines the others.)
 *
 * <p>Means and deviations are signed bytes, each kind with one scale a summary: a value is its byte times the scale, the
 * largest of a kind being 127. In a chunk of 64 summaries lie, from the KV head's offset on: for each dimension the 64
 * means, for each dimension the 64 deviations, the 64 scales of the means and the 64 of the deviations, as f32. Sums are
 * over keys ascending, in f32; the same on every backend, since there is only this code.
 */
public final class BlockSummary {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LARGEST = 127;

    private BlockSummary() {}

    /** Bytes of a chunk's summaries of one KV head, a multiple of 64. */
    public static long chunkBytes(int headDim) {
        return (2L * headDim + 2 * Float.BYTES) * SummaryLayout.BLOCKS;
    }

    /** Where the means of a dimension begin, counted from the KV head's offset. */
    public static long means(int dimension) {
        return (long) dimension * SummaryLayout.BLOCKS;
    }

    /** Where the deviations of a dimension begin. */
    public static long deviations(int headDim, int dimension) {
        return means(headDim + dimension);
    }

    /** Where the scales of the means begin. */
    public static long meanScales(int headDim) {
        return means(2 * headDim);
    }

    /** Where the scales of the deviations begin. */
    public static long deviationScales(int headDim) {
        return meanScales(headDim) + SummaryLayout.BLOCKS * Float.BYTES;
    }

    /** One of the scales that begin at {@code at}; {@code row} is the block's place in the chunk. */
    public static float scale(MemorySegment chunk, long at, int row) {
        return chunk.get(F32, at + (long) row * Float.BYTES);
    }

    /**
     * Summarises the keys of one KV head.
     *
     * @param payload   a full block, as sealed
     * @param keyOffset see {@link KvLayout#keyOffset}
     * @param scratch   room for {@code 2 * headDim} numbers
     * @param chunk     takes the summary
     * @param offset    where the KV head's summaries begin in it
     * @param row       the block's place in the chunk
     */
    public static void write(
            BlockPayload payload, long keyOffset, float[] scratch, MemorySegment chunk, long offset, int row) {
        int headDim = payload.layout().headDim();
        float[] keys = new float[KvLayout.BLOCK];
        for (int d = 0; d < headDim; d++) {
            for (int j = 0; j < KvLayout.BLOCK; j++) {
                keys[j] = KvNumbers.key(payload, keyOffset, d, j);
            }
            float sum = 0;
            for (float key : keys) {
                sum += key;
            }
            float mean = sum / KvLayout.BLOCK;
            float squares = 0;
            for (float key : keys) {
                squares = Math.fma(key - mean, key - mean, squares);
            }
            scratch[d] = mean;
            scratch[headDim + d] = (float) Math.sqrt(squares / KvLayout.BLOCK);
        }
        float meanScale = quantize(scratch, 0, headDim, chunk, offset + means(0) + row);
        float deviationScale = quantize(scratch, headDim, headDim, chunk, offset + deviations(headDim, 0) + row);
        chunk.set(F32, offset + meanScales(headDim) + (long) row * Float.BYTES, meanScale);
        chunk.set(F32, offset + deviationScales(headDim) + (long) row * Float.BYTES, deviationScale);
    }

    /**
     * Summarises a full block: all layers of group 0, all KV heads.
     *
     * @param layout  how its bytes lie
     * @param payload its sealed payload of group 0
     * @param row     its place in the chunk
     */
    public static void writeAll(KvLayout layout, MemorySegment payload, MemorySegment chunk, int row) {
        BlockPayload sealed = new BlockPayload(layout, payload);
        SummaryLayout summaries = SummaryLayout.of(layout);
        float[] scratch = new float[2 * layout.headDim()];
        for (int layer = 0; layer < summaries.layers(); layer++) {
            for (int kvHead = 0; kvHead < layout.kvHeads(); kvHead++) {
                write(sealed, layout.keyOffset(layer, kvHead), scratch, chunk, summaries.offset(layer, kvHead), row);
            }
        }
    }

    private static float quantize(float[] values, int from, int count, MemorySegment chunk, long at) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / LARGEST;
        for (int i = 0; i < count; i++) {
            long code = scale == 0 ? 0 : Math.clamp((long) Math.rint(values[from + i] / scale), -LARGEST, LARGEST);
            chunk.set(ValueLayout.JAVA_BYTE, at + (long) i * SummaryLayout.BLOCKS, (byte) code);
        }
        return scale;
    }
}
