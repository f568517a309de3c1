package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * A list of UTF-8 strings in one byte array, at equal distances as a file keeps them: string {@code i} occupies
 * {@code bytes[starts[i] .. starts[i + 1] - gap)}. The arrays are shared, never changed. A vocabulary has up to 262,144
 * entries, nearly all of which are never looked at as text.
 */
final class PackedStrings {
    private final byte[] bytes;
    private final int[] starts;
    private final int gap;

    PackedStrings(byte[] bytes, int[] starts, int gap) {
        this.bytes = bytes;
        this.starts = starts;
        this.gap = gap;
    }

    static PackedStrings of(List<String> strings) {
        var bytes = new ByteArrayOutputStream();
        int[] starts = new int[strings.size() + 1];
        for (int i = 0; i < strings.size(); i++) {
            bytes.writeBytes(strings.get(i).getBytes(UTF_8));
            starts[i + 1] = bytes.size();
        }
        return new PackedStrings(bytes.toByteArray(), starts, 0);
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return starts.length - 1;
    }

    int start(int i) {
        return starts[i];
    }

    int end(int i) {
        return starts[i + 1] - gap;
    }

    int length(int i) {
        return end(i) - start(i);
    }

    byte[] get(int i) {
        return Arrays.copyOfRange(bytes, start(i), end(i));
    }
}
