package dev.mneme.persistence.index;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;

/**
 * How a turn had ended before it was continued.
 *
 * @param position where its tokens ended
 * @param finish why it ended
 * @param startedAt the sequence number of the event that had begun or continued it
 * @param endedAt the sequence number of the event that ended it
 */
public record TurnEnd(int position, FinishReason finish, long startedAt, long endedAt) {
    static void write(FieldWriter out, TurnEnd end) {
        out.count(end.position());
        out.name(end.finish());
        out.longCount(end.startedAt());
        out.longCount(end.endedAt());
    }

    static TurnEnd read(FieldReader in) {
        return new TurnEnd(in.count(), in.name(FinishReason.class), in.longCount(), in.longCount());
    }
}
