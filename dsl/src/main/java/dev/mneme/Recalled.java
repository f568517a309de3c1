package dev.mneme;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.actors.recall.Stretch;

/**
 * A stretch of a session's text that a turn attended to: a block of 64 tokens, or neighbouring ones that begin in the same turn
 * and each received more than an even share.
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
