package dev.mneme.runtime.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A string array of the metadata: a list that decodes an element each time it is read. A vocabulary has some
 * 300,000 of them; decoding them all would cost more than opening the file. Thread-safe; valid until the file is
 * closed.
 */
public final class GgufStrings extends AbstractList<String> implements RandomAccess {
    /** The file keeps each string's length, in so many bytes, in front of it. */
    public static final int LENGTH_BYTES = 8;

    private final ByteBuffer map;
    private final int[] starts; // of the bytes, after the 8-byte length; the last entry is one past the array

    /** {@code starts[i]} is where string i's bytes begin, {@code starts[size]} where those of a next one would. */
    GgufStrings(ByteBuffer map, int[] starts) {
        this.map = map;
        this.starts = starts;
    }

    @Override
    public int size() {
        return starts.length - 1;
    }

    /** The string at {@code index}; bytes that are not UTF-8 come out as replacement characters. */
    @Override
    public String get(int index) {
        return new String(bytes(index), UTF_8);
    }

    /** The stored bytes of the string at {@code index}, a fresh array. */
    public byte[] bytes(int index) {
        Objects.checkIndex(index, size());
        byte[] bytes = new byte[starts[index + 1] - LENGTH_BYTES - starts[index]];
        map.get(starts[index], bytes);
        return bytes;
    }

    /** A copy of all strings as the file has them, {@link #LENGTH_BYTES} bytes between one and the next. */
    public byte[] region() {
        byte[] region = new byte[Math.max(0, starts[size()] - LENGTH_BYTES - starts[0])];
        map.get(starts[0], region);
        return region;
    }

    /** Where each string begins in {@link #region()}, and last where a next one would. */
    public int[] regionStarts() {
        int[] offsets = new int[starts.length];
        for (int i = 0; i < starts.length; i++) {
            offsets[i] = starts[i] - starts[0];
        }
        return offsets;
    }
}
