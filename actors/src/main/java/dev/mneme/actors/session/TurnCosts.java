package dev.mneme.actors.session;

import dev.mneme.persistence.event.TurnCost;
import java.util.Optional;

/** Receipts that nothing is known for. */
final class TurnCosts {
    private TurnCosts() {}

    /** The receipt of a turn that was cut off: what it cost went with it. */
    static TurnCost unknown(int contextTokens) {
        return new TurnCost(0, 0, 0, Optional.empty(), 0, contextTokens, 0, 0, 0);
    }
}
