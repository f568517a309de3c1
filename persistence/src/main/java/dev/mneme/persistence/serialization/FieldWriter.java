package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.event.Tokens;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Writes fields, one after the other. Counts are variable-length; enums go by name, so that their order is free. */
public final class FieldWriter {
    private final Output output;

    public FieldWriter(Output output) {
        this.output = output;
    }

    public void count(int value) {
        output.writeVarInt(value, true);
    }

    public void longCount(long value) {
        output.writeVarLong(value, true);
    }

    public void bits64(long value) {
        output.writeLong(value);
    }

    public void real32(float value) {
        output.writeFloat(value);
    }

    public void real64(double value) {
        output.writeDouble(value);
    }

    public void flag(boolean value) {
        output.writeBoolean(value);
    }

    public void name(Enum<?> value) {
        text(value.name());
    }

    public void text(String value) {
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text with half a surrogate pair cannot be journaled", e);
        }
        count(bytes.remaining());
        output.writeBytes(bytes.array(), bytes.arrayOffset(), bytes.remaining());
    }

    public void bytes(byte[] value) {
        count(value.length);
        output.writeBytes(value);
    }

    public void tokens(Tokens tokens) {
        count(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            count(tokens.get(i));
        }
    }

    public <T> void optional(Optional<T> value, BiConsumer<FieldWriter, T> field) {
        flag(value.isPresent());
        value.ifPresent(present -> field.accept(this, present));
    }

    public <T> void list(List<T> values, BiConsumer<FieldWriter, T> field) {
        count(values.size());
        values.forEach(value -> field.accept(this, value));
    }
}
