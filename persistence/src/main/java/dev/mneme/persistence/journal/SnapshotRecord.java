package dev.mneme.persistence.journal;

import dev.mneme.persistence.serialization.Body;

/**
 * A snapshot as it is kept.
 *
 * @param sequenceNr the number of the last event that it covers
 * @param timestamp when it was taken, in milliseconds since 1970
 * @param snapshot the snapshot
 */
public record SnapshotRecord(long sequenceNr, long timestamp, Serialized snapshot) {
    byte[] body() {
        return Body.of(out -> {
            out.longCount(sequenceNr);
            out.longCount(timestamp);
            snapshot.write(out);
        });
    }

    /**
     * Reads what {@link #body} wrote.
     *
     * @throws dev.mneme.persistence.RecordUnreadableException if it is damaged
     */
    public static SnapshotRecord read(byte[] body) {
        return Body.read("snapshot", body, in -> new SnapshotRecord(in.longCount(), in.longCount(), Serialized.read(in)));
    }
}
