package dev.mneme.persistence.journal;

import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import dev.mneme.persistence.serialization.RecordCodec;
import dev.mneme.persistence.serialization.RecordSerializer;
import java.util.Optional;

/**
 * An object as a serializer wrote it. Not compared by value.
 *
 * @param serializerId which serializer
 * @param manifest what it calls the kind of object
 * @param bytes what it wrote
 */
public record Serialized(int serializerId, String manifest, byte[] bytes) {
    /** A session event, serialized. */
    public static Serialized of(SessionEvent event) {
        return new Serialized(RecordSerializer.IDENTIFIER, RecordCodec.manifest(event), RecordCodec.encode(event));
    }

    /** A session snapshot, serialized. */
    public static Serialized of(SessionSnapshot snapshot) {
        return new Serialized(RecordSerializer.IDENTIFIER, RecordCodec.manifest(snapshot), RecordCodec.encode(snapshot));
    }

    /** The session event that this is, if it is one. */
    public Optional<SessionEvent> sessionEvent() {
        return record(SessionEvent.class);
    }

    /** The session snapshot that this is, if it is one. */
    public Optional<SessionSnapshot> sessionSnapshot() {
        return record(SessionSnapshot.class);
    }

    private <T> Optional<T> record(Class<T> type) {
        return serializerId == RecordSerializer.IDENTIFIER
                ? Optional.of(RecordCodec.decode(manifest, bytes)).filter(type::isInstance).map(type::cast)
                : Optional.empty();
    }

    void write(FieldWriter out) {
        out.count(serializerId);
        out.text(manifest);
        out.bytes(bytes);
    }

    static Serialized read(FieldReader in) {
        return new Serialized(in.count(), in.text(), in.bytes());
    }
}
