package dev.mneme.actors.recall;

import dev.mneme.actors.memory.TokenRange;

/**
 * Neighbouring blocks that were attended.
 *
 * @param firstTurn the turn that it begins in
 * @param lastTurn the turn that it ends in
 * @param tokens its tokens
 * @param share what it received of the attention, from 0 to 1
 * @param text its text, control tokens left out
 */
public record Stretch(int firstTurn, int lastTurn, TokenRange tokens, double share, String text) {}
