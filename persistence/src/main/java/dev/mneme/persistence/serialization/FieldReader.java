package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import dev.mneme.persistence.event.Tokens;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what {@link FieldWriter} wrote. A count is checked against the bytes that are left before it is believed. */
public final class FieldReader {
    private final Input input;

    public FieldReader(Input input) {
        this.input = input;
    }

    public int count() {
        return input.readVarInt(true);
    }

    public long longCount() {
        return input.readVarLong(true);
    }

    public long bits64() {
        return input.readLong();
    }

    public float real32() {
        return input.readFloat();
    }

    public double real64() {
        return input.readDouble();
    }

    public boolean flag() {
        byte value = input.readByte();
        if (value != 0 && value != 1) {
            throw new KryoException("a flag is " + value);
        }
        return value == 1;
    }

    public <E extends Enum<E>> E name(Class<E> type) {
        return Enum.valueOf(type, text());
    }

    public String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString();
        } catch (CharacterCodingException e) {
            throw new KryoException("text is not UTF-8", e);
        }
    }

    public byte[] bytes() {
        return input.readBytes(countOfAtLeastOneByteEach());
    }

    public Tokens tokens() {
        int[] ids = new int[countOfAtLeastOneByteEach()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = count();
        }
        return Tokens.of(ids);
    }

    public <T> Optional<T> optional(Function<FieldReader, T> field) {
        return flag() ? Optional.of(field.apply(this)) : Optional.empty();
    }

    public <T> List<T> list(Function<FieldReader, T> field) {
        int count = countOfAtLeastOneByteEach();
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(field.apply(this));
        }
        return values;
    }

    private int countOfAtLeastOneByteEach() {
        int count = count();
        int left = input.limit() - input.position();
        if (count < 0 || count > left) {
            throw new KryoException(count + " elements are announced where " + left + " bytes are left");
        }
        return count;
    }
}
