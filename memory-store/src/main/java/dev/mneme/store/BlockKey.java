package dev.mneme.store;

import java.nio.ByteBuffer;

/**
 * The 128-bit content key of a block. Equal keys promise equal bytes; the store never interprets the bits.
 *
 * @param high first eight bytes, big-endian
 * @param low last eight bytes, big-endian
 */
public record BlockKey(long high, long low) {
    static final int BYTES = 16;

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    static BlockKey fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new BlockKey(buffer.getLong(), buffer.getLong());
    }

    /** The key as 32 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
