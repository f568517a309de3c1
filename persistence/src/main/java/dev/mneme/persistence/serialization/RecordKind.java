package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.RecordTooNewException;
import java.util.Optional;

/**
 * One kind of record: its name, its Kryo registration id, the version that is written, and its fields.
 *
 * <p>The name, the id and the fields of a version never change once a version of Mneme has written them; the golden
 * files in the tests hold that.
 *
 * <p>The bytes are those of a Kryo with required registration, but no {@code Kryo} object is needed to write them: to
 * create the first one in a process costs as much time as to open the whole journal, and its serializers are not used.
 */
final class RecordKind<T> {
    /** Kryo writes registration ids two higher: 0 is null, 1 is a class by name. */
    private static final int FIRST_ID_ON_DISK = 2;

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

    int registrationId() {
        return registrationId;
    }

    /** Writes {@code value}, which is of this kind. */
    void write(Output output, Object value) {
        output.writeVarInt(registrationId + FIRST_ID_ON_DISK, true);
        writeVersioned(output, type.cast(value));
    }

    /** Reads a record of this kind; empty if the bytes are of another kind. */
    Optional<T> read(Input input) {
        return input.readVarInt(true) == registrationId + FIRST_ID_ON_DISK
                ? Optional.of(readVersioned(input))
                : Optional.empty();
    }

    void writeVersioned(Output output, T value) {
        output.writeVarInt(version, true);
        writer.write(new FieldWriter(output), value);
    }

    T readVersioned(Input input) {
        int written = input.readVarInt(true);
        if (written < 1 || written > version) {
            throw new RecordTooNewException(name + ":" + written);
        }
        return reader.read(new FieldReader(input), written);
    }
}
