package dev.mneme.persistence.journal;

import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import dev.mneme.persistence.serialization.RecordCodec;
import dev.mneme.persistence.serialization.RecordSerializer;
import java.util.Optional;

/** An object as a serializer wrote it. Whoever gives or gets the bytes leaves them as they are. */
public final class Serialized {
    private final int serializerId;
    private final String manifest;
    private final byte[] bytes;

    /** What the serializer {@code serializerId} wrote, and what it calls the kind of object. */
    public Serialized(int serializerId, String manifest, byte[] bytes) {
        this.serializerId = serializerId;
        this.manifest = manifest;
        this.bytes = bytes;
    }

    /** A session event, serialized. */
    public static Serialized of(SessionEvent event) {
        return new Serialized(RecordSerializer.IDENTIFIER, RecordCodec.manifest(event), RecordCodec.encode(event));
    }

    /** A session snapshot, serialized. */
    public static Serialized of(SessionSnapshot snapshot) {
        return new Serialized(RecordSerializer.IDENTIFIER, RecordCodec.manifest(snapshot), RecordCodec.encode(snapshot));
    }

    public int serializerId() {
        return serializerId;
    }

    public String manifest() {
        return manifest;
    }

    public byte[] bytes() {
        return bytes;
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
