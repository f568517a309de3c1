package dev.mneme.actors.session;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TurnCost;
import java.util.Optional;

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
 * @param attended what the last token that was computed attended to, if that was past the model's window
 * @param picked how the session remembers from this turn on, if Mneme picked that for it
 */
public record TurnResult(
        SessionIdentity session,
        int turn,
        Tokens prompt,
        String text,
        Tokens tokens,
        FinishReason finish,
        TurnCost cost,
        Optional<AttendedBlocks> attended,
        Optional<String> picked) {}
