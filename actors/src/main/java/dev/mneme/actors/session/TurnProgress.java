package dev.mneme.actors.session;

import dev.mneme.persistence.event.Tokens;

/**
 * A turn that has begun.
 *
 * @param session who it is a turn of
 * @param turn its number
 * @param prompt the tokens journaled before its first sampled one
 * @param reader takes word of what was read and of cancelling
 */
public record TurnProgress(SessionIdentity session, int turn, Tokens prompt, TurnReader reader) {}
