package dev.mneme.runtime.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Walks the head of a file. Every read is checked against the end before it touches memory, and every count against
 * the bytes that are left, so that no field can make the reader allocate more than a small multiple of the file.
 */
final class GgufCursor {
    private static final int SHORTEST_STRING = Long.BYTES;

    private final Path file;
    private final ByteBuffer map; // little-endian, read by absolute index only
    private int position;

    GgufCursor(Path file, ByteBuffer map) {
        this.file = file;
        this.map = map;
    }

    int position() {
        return position;
    }

    GgufException error(String field, String problem) {
        return errorAt(position, field, problem);
    }

    GgufException errorAt(long offset, String field, String problem) {
        return new GgufException(file, offset, field, problem);
    }

    int u32(String field) {
        return map.getInt(advance(Integer.BYTES, field));
    }

    long u64(String field) {
        return map.getLong(advance(Long.BYTES, field));
    }

    /** A count of things that take at least {@code leastBytes} each; refused if the rest of the file is too short. */
    int count(String field, int leastBytes) {
        int at = position;
        long count = u64(field);
        if (count < 0 || count > (map.limit() - position) / leastBytes) {
            throw errorAt(at, field, "says there are " + Long.toUnsignedString(count) + ", more than the remaining "
                    + (map.limit() - position) + " bytes can hold. The file is damaged or cut off: download it again.");
        }
        return (int) count;
    }

    String string(String field, int most) {
        int at = position;
        int length = count(field, 1);
        if (length > most) {
            throw errorAt(at, field, "is " + length + " bytes long, at most " + most
                    + " are allowed. The file is damaged: download it again.");
        }
        byte[] bytes = new byte[length];
        map.get(advance(length, field), bytes);
        return new String(bytes, UTF_8);
    }

    ValueType valueType(String field) {
        int at = position;
        int number = u32(field);
        return ValueType.ofNumber(number).orElseThrow(() -> errorAt(at, field, "has the value type "
                + Integer.toUnsignedString(number)
                + ", which GGUF does not define. The file is damaged: download it again."));
    }

    GgufValue value(String key) {
        ValueType type = valueType(key);
        int at = position;
        return switch (type) {
            case UINT8 -> new GgufValue.Whole(at, map.get(advance(1, key)) & 0xFF);
            case INT8 -> new GgufValue.Whole(at, map.get(advance(1, key)));
            case UINT16 -> new GgufValue.Whole(at, map.getShort(advance(2, key)) & 0xFFFF);
            case INT16 -> new GgufValue.Whole(at, map.getShort(advance(2, key)));
            case UINT32 -> new GgufValue.Whole(at, Integer.toUnsignedLong(map.getInt(advance(4, key))));
            case INT32 -> new GgufValue.Whole(at, map.getInt(advance(4, key)));
            case INT64 -> new GgufValue.Whole(at, map.getLong(advance(8, key)));
            case UINT64 -> unsignedLong(at, key);
            case FLOAT32 -> new GgufValue.Real(at, map.getFloat(advance(4, key)));
            case FLOAT64 -> new GgufValue.Real(at, map.getDouble(advance(8, key)));
            case BOOL -> bool(at, key);
            case STRING -> {
                int length = count(key, 1);
                yield new GgufValue.Text(at, advance(length, key), length);
            }
            case ARRAY -> array(at, key);
        };
    }

    private GgufValue unsignedLong(int at, String key) {
        long value = map.getLong(advance(8, key));
        if (value < 0) {
            throw errorAt(at, key, "is " + Long.toUnsignedString(value) + ", beyond every sensible value."
                    + " The file is damaged: download it again.");
        }
        return new GgufValue.Whole(at, value);
    }

    private GgufValue bool(int at, String key) {
        byte value = map.get(advance(1, key));
        if (value != 0 && value != 1) {
            throw errorAt(at, key, "is a boolean with the value " + value + ". The file is damaged: download it again.");
        }
        return new GgufValue.Flag(at, value == 1);
    }

    private GgufValue array(int at, String key) {
        ValueType type = valueType(key);
        if (type == ValueType.ARRAY) {
            throw errorAt(at, key, "is an array of arrays, which no supported model uses. Use another model file.");
        }
        if (type == ValueType.STRING) {
            int count = count(key, SHORTEST_STRING);
            return new GgufValue.Texts(at, new GgufStrings(map, walk(key, count)));
        }
        int count = count(key, type.bytes);
        return new GgufValue.Numbers(at, type, advance(count * type.bytes, key), count);
    }

    /** Passes over {@code count} strings and notes where each starts: the hot loop of opening a file. */
    private int[] walk(String key, int count) {
        int[] starts = new int[count + 1];
        int at = position;
        int last = map.limit() - SHORTEST_STRING;
        for (int i = 0; i < count; i++) {
            long length = at <= last ? map.getLong(at) : -1;
            if (length < 0 || length > last + SHORTEST_STRING - at - SHORTEST_STRING) {
                throw errorAt(at, key, "string " + i + " of " + count
                        + " runs past the end. The file is damaged or cut off: download it again.");
            }
            starts[i] = at + SHORTEST_STRING;
            at = starts[i] + (int) length;
        }
        starts[count] = at + SHORTEST_STRING;
        position = at;
        return starts;
    }

    /** Moves on by {@code bytes} and returns where they start. */
    private int advance(int bytes, String field) {
        int at = position;
        if (bytes > map.limit() - at) {
            throw error(field, "needs " + bytes + " bytes, but the file's head ends after "
                    + (map.limit() - at) + " more. The file is cut off: download it again.");
        }
        position = at + bytes;
        return at;
    }
}
