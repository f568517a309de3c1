package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes the key and value of one token and KV head into an open block, in a format that blocks are written in. */
public final class KvWriter {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final KvFormat format;

    /** A writer of open blocks whose format this is, or that will be sealed in it. Stateless. */
    public KvWriter(KvFormat format) {
        this.format = format.written();
    }

    /**
     * Writes a key that is already rotated by its offset in the block, dimension by dimension.
     *
     * @param key       {@code headDim} numbers from {@code from} on, in rotation order
     * @param keyOffset see {@link KvLayout#keyOffset}
     * @param offset    the token's offset in the block
     */
    public void writeKey(float[] key, int from, int headDim, MemorySegment payload, long keyOffset, int offset) {
        switch (format) {
            case F32 -> {
                for (int d = 0; d < headDim; d++) {
                    payload.set(F32, keyOffset + 4L * (d * KvLayout.BLOCK + offset), key[from + d]);
                }
            }
            case F16 -> {
                for (int d = 0; d < headDim; d++) {
                    payload.set(F16, keyOffset + 2L * (d * KvLayout.BLOCK + offset), Float.floatToFloat16(key[from + d]));
                }
            }
            case I8, K8V4 -> throw notWritten();
        }
    }

    /** Writes a value, token by token; parameters as in {@link #writeKey}. */
    public void writeValue(float[] value, int from, int headDim, MemorySegment payload, long valueOffset, int offset) {
        long first = (long) offset * headDim;
        switch (format) {
            case F32 -> {
                for (int d = 0; d < headDim; d++) {
                    payload.set(F32, valueOffset + 4L * (first + d), value[from + d]);
                }
            }
            case F16 -> {
                for (int d = 0; d < headDim; d++) {
                    payload.set(F16, valueOffset + 2L * (first + d), Float.floatToFloat16(value[from + d]));
                }
            }
            case I8, K8V4 -> throw notWritten();
        }
    }

    private IllegalStateException notWritten() {
        return new IllegalStateException("open blocks are not written as " + format);
    }
}
