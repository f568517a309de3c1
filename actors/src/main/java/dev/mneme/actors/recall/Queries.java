package dev.mneme.actors.recall;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.kv.KvLayout;
import java.util.Optional;

/**
 * The tokens of a turn whose attention tells what it remembered, {@code [from, to)}. Of a turn with a reply: those that a
 * token of the reply was drawn after, which are the prompt's last and the reply's but for its last, as many as the reply has
 * tokens. Of a document: its last 64, or all if it is shorter.
 *
 * @param from the position of the first
 * @param to one past the position of the last
 */
public record Queries(int from, int to) {
    /** Those of a turn; empty if it was cut off so early that it is not known to have been computed. */
    public static Optional<Queries> of(TurnSpan turn) {
        int reply = turn.position() + turn.promptTotal();
        if (turn.end() > reply) {
            return Optional.of(new Queries(reply - 1, turn.end() - 1));
        }
        return turn.finish().filter(FinishReason.INGESTED::equals)
                .map(read -> new Queries(Math.max(turn.position(), turn.end() - KvLayout.BLOCK), turn.end()));
    }

    /** How many they are. */
    public int count() {
        return to - from;
    }
}
