package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.RecordTooNewException;

/**
 * One kind of record: its name, its registration id, the version that is written, and its fields.
 *
 * <p>The name, the id and the fields of a version never change once a version of Mneme has written them; the golden
 * files in the tests hold that.
 */
final class RecordKind<T> extends Serializer<T> {
    /** Writes the fields of the newest version. */
    @FunctionalInterface
    interface Writer<T> {
        void write(FieldWriter out, T value);
    }

    /** Reads the fields of {@code version}, which is the newest or an older one. */
    @FunctionalInterface
    interface Reader<T> {
        T read(FieldReader in, int version);
    }

    private final Class<T> type;
    private final String name;
    private final int registrationId;
    private final int version;
    private final Writer<T> writer;
    private final Reader<T> reader;

    RecordKind(Class<T> type, String name, int registrationId, int version, Writer<T> writer, Reader<T> reader) {
        super(false, true);
        this.type = type;
        this.name = name;
        this.registrationId = registrationId;
        this.version = version;
        this.writer = writer;
        this.reader = reader;
    }

    Class<T> type() {
        return type;
    }

    String name() {
        return name;
    }

    int version() {
        return version;
    }

    String manifest() {
        return name + ":" + version;
    }

    void register(Kryo kryo) {
        kryo.register(type, this, registrationId);
    }

    @Override
    public void write(Kryo kryo, Output output, T value) {
        output.writeVarInt(version, true);
        writer.write(new FieldWriter(output), value);
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> ignored) {
        int written = input.readVarInt(true);
        if (written < 1 || written > version) {
            throw new RecordTooNewException(name + ":" + written);
        }
        return reader.read(new FieldReader(input), written);
    }
}
