package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.RecordUnreadableException;
import java.util.function.Consumer;
import java.util.function.Function;

/** The body of a record that is no event: fields without a kind or a version, which its key stands for. */
public final class Body {
    private Body() {}

    /** The bytes that {@code fields} writes. */
    public static byte[] of(Consumer<FieldWriter> fields) {
        Output output = new Output(64, Integer.MAX_VALUE - 8);
        fields.accept(new FieldWriter(output));
        return output.toBytes();
    }

    /**
     * What {@code fields} reads from {@code body}, whole.
     *
     * @param what what the record is, for the message
     * @throws RecordUnreadableException if the bytes are not such a record
     */
    public static <T> T read(String what, byte[] body, Function<FieldReader, T> fields) {
        Input input = new Input(body);
        T value;
        try {
            value = fields.apply(new FieldReader(input));
        } catch (RuntimeException e) {
            throw new RecordUnreadableException(what, "its bytes are damaged", e);
        }
        if (input.position() != body.length) {
            throw new RecordUnreadableException(what, "bytes are left over", null);
        }
        return value;
    }
}
