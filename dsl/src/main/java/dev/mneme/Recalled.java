package dev.mneme;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.actors.recall.Stretch;

/**
 * A stretch of a session's text that a turn attended to: a run of neighbouring blocks of 64 tokens that begin in the same turn
 * and received all more, or all no more, than an even share.
 *
 * @param firstTurn the turn that it begins in
 * @param lastTurn the turn that it ends in: a block may hold the end of one turn and the beginning of others
 * @param tokens the positions of its tokens
 * @param share what it received of the attention, from 0 to 1
 * @param text its text, control tokens left out; U+FFFD where a block cuts a character
 */
public record Recalled(int firstTurn, int lastTurn, TokenRange tokens, double share, String text) {
    static Recalled of(Stretch stretch) {
        return new Recalled(
                stretch.firstTurn(), stretch.lastTurn(), stretch.tokens(), stretch.share(), stretch.text());
    }
}
