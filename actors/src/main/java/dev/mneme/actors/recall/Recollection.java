package dev.mneme.actors.recall;

import java.util.List;

/**
 * Where the attention of a session's last turn went.
 *
 * @param turn the turn's number
 * @param queries how many of its tokens are counted, see {@link Queries}
 * @param stretches what they attended to, best first; their shares sum to 1
 * @param ownShare the share of the blocks that begin in the turn itself
 */
public record Recollection(int turn, int queries, List<Stretch> stretches, double ownShare) {
    public Recollection {
        stretches = List.copyOf(stretches);
    }
}
