package dev.mneme.runtime.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key-value part of a model file. A missing key or one of another type is a {@link GgufException} that names it;
 * the {@code …Or} forms give a default for a missing key, and still refuse one of the wrong type. Thread-safe; valid
 * until the file is closed.
 */
public final class GgufMetadata {
    private final Path file;
    private final ByteBuffer map;
    private final Map<String, GgufValue> values;

    GgufMetadata(Path file, ByteBuffer map, Map<String, GgufValue> values) {
        this.file = file;
        this.map = map;
        this.values = values;
    }

    /** All keys, in the file's order. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Whether the key is there, of whatever type. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** A string. */
    public String string(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Text text) {
            byte[] bytes = new byte[text.length()];
            map.get(text.start(), bytes);
            return new String(bytes, UTF_8);
        }
        throw mismatch(key, value, "a string");
    }

    /** A string, or {@code fallback} if the key is missing. */
    public String stringOr(String key, String fallback) {
        return has(key) ? string(key) : fallback;
    }

    /** An integer of any stored width that fits into 32 bits. */
    public int integer(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Whole whole) {
            if (whole.value() != (int) whole.value()) {
                throw new GgufException(file, whole.offset(), key, "is " + whole.value()
                        + ", beyond every sensible value. The file is damaged: download it again.");
            }
            return (int) whole.value();
        }
        throw mismatch(key, value, "an integer");
    }

    /** An integer, or {@code fallback} if the key is missing. */
    public int integerOr(String key, int fallback) {
        return has(key) ? integer(key) : fallback;
    }

    /** A number, stored as floating point or as an integer. */
    public float number(String key) {
        GgufValue value = required(key);
        // No pattern switch: it is linked at its first use, which takes longer than reading the whole file.
        if (value instanceof GgufValue.Real real) {
            return (float) real.value();
        }
        if (value instanceof GgufValue.Whole whole) {
            return whole.value();
        }
        throw mismatch(key, value, "a number");
    }

    /** A number, or {@code fallback} if the key is missing. */
    public float numberOr(String key, float fallback) {
        return has(key) ? number(key) : fallback;
    }

    /** A boolean. */
    public boolean flag(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Flag flag) {
            return flag.value();
        }
        throw mismatch(key, value, "a boolean");
    }

    /** A boolean, or {@code fallback} if the key is missing. */
    public boolean flagOr(String key, boolean fallback) {
        return has(key) ? flag(key) : fallback;
    }

    /** An array of strings, decoded element by element when read. */
    public GgufStrings strings(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Texts texts) {
            return texts.strings();
        }
        throw mismatch(key, value, "an array of strings");
    }

    /** An array of 32-bit integers, signed or unsigned, as a fresh array. */
    public int[] integers(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Numbers numbers
                && (numbers.type() == ValueType.INT32 || numbers.type() == ValueType.UINT32)) {
            int[] array = new int[numbers.count()];
            slice(numbers).asIntBuffer().get(array);
            return array;
        }
        throw mismatch(key, value, "an array of 32-bit integers");
    }

    /** An array of 32-bit floats, as a fresh array. */
    public float[] floats(String key) {
        GgufValue value = required(key);
        if (value instanceof GgufValue.Numbers numbers && numbers.type() == ValueType.FLOAT32) {
            float[] array = new float[numbers.count()];
            slice(numbers).asFloatBuffer().get(array);
            return array;
        }
        throw mismatch(key, value, "an array of 32-bit floats");
    }

    private ByteBuffer slice(GgufValue.Numbers numbers) {
        return map.slice(numbers.start(), numbers.count() * numbers.type().bytes).order(map.order());
    }

    private GgufValue required(String key) {
        @Nullable GgufValue value = values.get(key);
        if (value == null) {
            throw new GgufException(file, -1, key, "is missing from the metadata. Use a complete model file.");
        }
        return value;
    }

    private GgufException mismatch(String key, GgufValue value, String wanted) {
        return new GgufException(file, value.offset(), key, "is " + value.kind() + " where " + wanted
                + " is needed. The file is damaged or was made by an unusual tool: use another one.");
    }
}
