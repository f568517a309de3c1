package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The summary of one KV head's keys in a full block, by which blocks are scored without reading their keys: for each
 * dimension the mean of the 64 stored keys and their mean absolute deviation from it. (The largest deviation would give a
 * sound bound but recalls nothing: one stray key outshines the others.)
 *
 * <p>{@code headDim} signed bytes of means, {@code headDim} bytes of deviations, then the scale of either as f32: a value
 * is its byte times the scale, the largest of a kind being 127. Sums are over keys ascending, in f32; the same on every
 * backend, since there is only this code.
 */
public final class BlockSummary {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LARGEST = 127;

    private BlockSummary() {}

    /** Bytes of one summary. */
    public static int bytes(int headDim) {
        return 2 * headDim + 2 * Float.BYTES;
    }

    /** Scale of the means of the summary that starts at {@code at}. */
    public static float meanScale(MemorySegment summaries, long at, int headDim) {
        return summaries.get(F32, at + 2L * headDim);
    }

    /** Scale of the deviations of the summary that starts at {@code at}. */
    public static float deviationScale(MemorySegment summaries, long at, int headDim) {
        return summaries.get(F32, at + 2L * headDim + Float.BYTES);
    }

    /**
     * Summarises the keys of one KV head.
     *
     * @param payload   a full block, as sealed
     * @param keyOffset see {@link KvLayout#keyOffset}
     * @param scratch   room for {@code 2 * headDim} numbers
     * @param target    takes the summary from {@code at} on
     */
    public static void write(BlockPayload payload, long keyOffset, float[] scratch, MemorySegment target, long at) {
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
            float deviations = 0;
            for (float key : keys) {
                deviations += Math.abs(key - mean);
            }
            scratch[d] = mean;
            scratch[headDim + d] = deviations / KvLayout.BLOCK;
        }
        float meanScale = quantize(scratch, 0, headDim, target, at);
        float deviationScale = quantize(scratch, headDim, headDim, target, at + headDim);
        target.set(F32, at + 2L * headDim, meanScale);
        target.set(F32, at + 2L * headDim + Float.BYTES, deviationScale);
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
                write(sealed, layout.keyOffset(layer, kvHead), scratch, chunk, summaries.offset(layer, kvHead, row));
            }
        }
    }

    private static float quantize(float[] values, int from, int count, MemorySegment target, long at) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / LARGEST;
        for (int i = 0; i < count; i++) {
            long code = scale == 0 ? 0 : Math.clamp((long) Math.rint(values[from + i] / scale), -LARGEST, LARGEST);
            target.set(ValueLayout.JAVA_BYTE, at + i, (byte) code);
        }
        return scale;
    }
}
