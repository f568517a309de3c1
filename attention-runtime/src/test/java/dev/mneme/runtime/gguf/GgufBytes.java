package dev.mneme.runtime.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes the bytes of a GGUF file field by field, right or wrong. */
public final class GgufBytes {
    private ByteBuffer bytes = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);

    /** Magic, version 3 and the two counts. */
    public static GgufBytes head(long tensors, long entries) {
        return new GgufBytes().u32(0x46554747).u32(3).u64(tensors).u64(entries);
    }

    public GgufBytes u32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    public GgufBytes u64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    public GgufBytes u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    public GgufBytes text(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        u64(utf8.length).room(utf8.length).put(utf8);
        return this;
    }

    GgufBytes key(String key, ValueType type) {
        return text(key).u32(type.number);
    }

    /** A string, u32, f32 or boolean entry, by the value's class. */
    public GgufBytes entry(String key, Object value) {
        return switch (value) {
            case String text -> key(key, ValueType.STRING).text(text);
            case Integer number -> key(key, ValueType.UINT32).u32(number);
            case Float number -> key(key, ValueType.FLOAT32).u32(Float.floatToIntBits(number));
            case Boolean flag -> key(key, ValueType.BOOL).u8(flag ? 1 : 0);
            default -> throw new IllegalArgumentException("no entry of " + value);
        };
    }

    /** One tensor of the F32 type with one dimension. */
    public GgufBytes vector(String name, long length, long offset) {
        return text(name).u32(1).u64(length).u32(TensorType.F32.number()).u64(offset);
    }

    public GgufBytes align(int alignment) {
        while (bytes.position() % alignment != 0) {
            u8(0);
        }
        return this;
    }

    public GgufBytes zeros(int count) {
        for (int i = 0; i < count; i++) {
            u8(0);
        }
        return this;
    }

    public GgufBytes f32s(float[] values) {
        for (float value : values) {
            u32(Float.floatToIntBits(value));
        }
        return this;
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            bytes = ByteBuffer.allocate(2 * bytes.capacity() + more).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
        return bytes;
    }

    public byte[] array() {
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    public GgufFile read() {
        return read(array());
    }

    /** Reads a file that lies in memory. */
    public static GgufFile read(byte[] file) {
        return read(MemorySegment.ofArray(file));
    }

    public static GgufFile read(MemorySegment file) {
        return new GgufReader(Path.of("memory.gguf"), file).read(Arena.ofShared());
    }
}
