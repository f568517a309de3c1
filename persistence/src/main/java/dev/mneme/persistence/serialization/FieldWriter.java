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
final class FieldWriter {
    private final Output output;

    FieldWriter(Output output) {
        this.output = output;
    }

    void count(int value) {
        output.writeVarInt(value, true);
    }

    void longCount(long value) {
        output.writeVarLong(value, true);
    }

    void bits64(long value) {
        output.writeLong(value);
    }

    void real32(float value) {
        output.writeFloat(value);
    }

    void real64(double value) {
        output.writeDouble(value);
    }

    void flag(boolean value) {
        output.writeBoolean(value);
    }

    void name(Enum<?> value) {
        text(value.name());
    }

    void text(String value) {
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text with half a surrogate pair cannot be journaled", e);
        }
        count(bytes.remaining());
        output.writeBytes(bytes.array(), bytes.arrayOffset(), bytes.remaining());
    }

    void tokens(Tokens tokens) {
        count(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            count(tokens.get(i));
        }
    }

    <T> void optional(Optional<T> value, BiConsumer<FieldWriter, T> field) {
        flag(value.isPresent());
        value.ifPresent(present -> field.accept(this, present));
    }

    <T> void list(List<T> values, BiConsumer<FieldWriter, T> field) {
        count(values.size());
        values.forEach(value -> field.accept(this, value));
    }
}
