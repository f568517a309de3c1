package dev.mneme.persistence.pekko;

import dev.mneme.persistence.JournalDamagedException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.journal.Serialized;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/** Turns payloads into bytes and back with the serializers that the actor system's configuration names. */
final class PayloadSerialization {
    private final Serialization serialization;

    PayloadSerialization(ActorSystem system) {
        this.serialization = SerializationExtension.get(system);
    }

    Serialized serialize(Object payload) {
        Serializer serializer = serialization.findSerializerFor(payload);
        return new Serialized(
                serializer.identifier(),
                Serializers.manifestFor(serializer, payload),
                serialization.serialize(payload).get());
    }

    Object deserialize(String persistenceId, long sequenceNr, Serialized payload) {
        try {
            return serialization
                    .deserialize(payload.bytes(), payload.serializerId(), payload.manifest())
                    .get();
        } catch (RecordUnreadableException e) {
            throw new JournalDamagedException(persistenceId, sequenceNr, String.valueOf(e.getMessage()), e);
        }
    }
}
