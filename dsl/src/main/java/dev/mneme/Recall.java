package dev.mneme;

import dev.mneme.actors.recall.Recollection;
import java.util.List;

/**
 * Where the attention of a session's last turn went: the mean over the tokens that are counted, the model's layers that
 * attend to all of the session, and their query heads. A share says what was looked at, not what was made of it.
 *
 * <p>Counted are the tokens after which the reply's tokens were drawn: the prompt's last one, and the reply's but for its
 * last. Where the turn was a document to read, they are its last 64.
 *
 * @param session the session's name
 * @param turn the turn's number
 * @param queries how many tokens are counted
 * @param stretches what they attended to, the turn's own text included, best first; the shares sum to 1
 * @param ownShare the share of the turn's own text: of the blocks that begin in it. A block that it shares with the turn
 *     before it counts to the past.
 */
public record Recall(String session, int turn, int queries, List<Recalled> stretches, double ownShare) {
    public Recall {
        stretches = List.copyOf(stretches);
    }

    static Recall of(String session, Recollection told) {
        return new Recall(
                session,
                told.turn(),
                told.queries(),
                told.stretches().stream().map(Recalled::of).toList(),
                told.ownShare());
    }
}
