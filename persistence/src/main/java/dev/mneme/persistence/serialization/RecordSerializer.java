package dev.mneme.persistence.serialization;

import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionSnapshot;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** What Pekko calls to turn a {@link SessionEvent} or a {@link SessionSnapshot} into bytes and back. */
public final class RecordSerializer extends SerializerWithStringManifest {
    /** The serializer's id in every record it wrote; it never changes. */
    public static final int IDENTIFIER = 7_710;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object value) {
        return RecordCodec.manifest(value);
    }

    @Override
    public byte[] toBinary(Object value) {
        return RecordCodec.encode(value);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return RecordCodec.decode(manifest, bytes);
    }
}
