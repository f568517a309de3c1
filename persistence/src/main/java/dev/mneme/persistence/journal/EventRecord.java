package dev.mneme.persistence.journal;

import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;

/**
 * An event as the journal keeps it.
 *
 * @param sequenceNr its number within its persistence id, from 1
 * @param event the event
 * @param adapterManifest what Pekko's event adapter noted beside it, usually nothing
 * @param writerUuid the incarnation of the actor that wrote it
 * @param timestamp when, in milliseconds since 1970
 */
public record EventRecord(
        long sequenceNr, Serialized event, String adapterManifest, String writerUuid, long timestamp) {
    byte[] body() {
        return Body.of(out -> {
            event.write(out);
            out.text(adapterManifest);
            out.text(writerUuid);
            out.longCount(timestamp);
        });
    }

    /**
     * Reads what {@link #body} wrote.
     *
     * @throws dev.mneme.persistence.RecordUnreadableException if it is damaged
     */
    public static EventRecord read(long sequenceNr, byte[] body) {
        return Body.read("event", body, in -> read(sequenceNr, in));
    }

    private static EventRecord read(long sequenceNr, FieldReader in) {
        return new EventRecord(sequenceNr, Serialized.read(in), in.text(), in.text(), in.longCount());
    }
}
