package dev.mneme;

import dev.mneme.actors.session.TurnResult;
import dev.mneme.persistence.event.TurnCost;
import java.time.Duration;
import java.util.Optional;

/**
 * What a turn cost. {@code reused + computed + rebuilt}, and one for the last sampled token, whose keys and values come
 * with the next turn, is {@code contextTokens}.
 *
 * @param reused tokens whose keys and values were there
 * @param computed tokens that were new
 * @param rebuilt tokens whose keys and values had to be computed again
 * @param rebuiltReason why, if any were
 * @param blocksAttended blocks in the plan of the last step
 * @param contextTokens tokens in the session after the turn
 * @param timeToFirstToken from the call to the first sampled token; zero if there was none
 * @param tokensPerSecond sampled tokens a second after the first; 0 for fewer than two
 * @param bytesRead bytes of keys and values attended
 * @param picked how the session remembers from this turn on, if that was left to Mneme and picked for it
 * @param attended what the last token attended to, if it stood past the model's window
 */
public record Receipt(
        int reused,
        int computed,
        int rebuilt,
        Optional<String> rebuiltReason,
        long blocksAttended,
        int contextTokens,
        Duration timeToFirstToken,
        double tokensPerSecond,
        long bytesRead,
        Optional<String> picked,
        Optional<Attended> attended) {
    static Receipt of(TurnResult result) {
        TurnCost cost = result.cost();
        return new Receipt(
                cost.reused(),
                cost.computed(),
                cost.rebuilt(),
                cost.rebuiltReason(),
                cost.blocksAttended(),
                cost.contextTokens(),
                Duration.ofNanos(cost.ttftMicros() * 1000),
                cost.tokensPerSecond(),
                cost.bytesRead(),
                result.picked(),
                result.attended().map(Attended::of));
    }
}
