package dev.mneme.persistence.rocksdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A key of the store: a {@link Space}, then texts and numbers. Keys sort by their bytes, unsigned; numbers are written
 * so that this is their order, and a text carries its length before it, so that no key of one text is a prefix of
 * another text's keys.
 */
public final class Key {
    private final byte[] bytes;

    private Key(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The key that all keys of {@code space} begin with. */
    public static Key in(Space space) {
        return new Key(new byte[] {space.letter()});
    }

    /** The key of {@code record}. */
    public static Key of(StoredRecord record) {
        return new Key(record.key());
    }

    /** This key, followed by {@code text}, at most 65,535 bytes of UTF-8. */
    public Key text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > 0xffff) {
            throw new IllegalArgumentException("a name of " + encoded.length + " bytes is too long for a key");
        }
        return new Key(extended(2 + encoded.length)
                .putShort((short) encoded.length)
                .put(encoded)
                .array());
    }

    /** This key, followed by {@code number}, which is not negative. */
    public Key number(long number) {
        return new Key(extended(Long.BYTES).putLong(number).array());
    }

    /** The number that {@code key} ends with. */
    public static long lastNumber(byte[] key) {
        return ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong();
    }

    /** The text at the place where this key ends in {@code longer}, which begins with this key. */
    public String textAfter(byte[] longer) {
        int length = ByteBuffer.wrap(longer, bytes.length, Short.BYTES).getShort() & 0xffff;
        return new String(longer, bytes.length + Short.BYTES, length, StandardCharsets.UTF_8);
    }

    /** The least key that is greater than all keys that begin with this one. */
    public Key end() {
        byte[] end = bytes.clone();
        int last = end.length - 1;
        while (end[last] == (byte) 0xff) {
            last--; // never runs out: a space is a letter
        }
        end[last]++;
        return new Key(Arrays.copyOf(end, last + 1));
    }

    byte[] bytes() {
        return bytes;
    }

    private ByteBuffer extended(int by) {
        return ByteBuffer.allocate(bytes.length + by).put(bytes);
    }
}
