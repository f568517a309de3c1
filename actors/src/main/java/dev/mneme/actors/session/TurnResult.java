package dev.mneme.actors.session;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TurnCost;

/**
 * A turn that has ended.
 *
 * @param session who it was a turn of
 * @param turn its number
 * @param prompt the tokens journaled before its first sampled one
 * @param text its text as shown
 * @param tokens the sampled ids
 * @param finish why it ended
 * @param cost its receipt
 */
public record TurnResult(
        SessionIdentity session,
        int turn,
        Tokens prompt,
        String text,
        Tokens tokens,
        FinishReason finish,
        TurnCost cost) {}
