package dev.mneme.actors.session;

import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.WindowExceeded;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is journaled when a turn begins, as one atomic write: how the session remembers from now on, if Mneme picked that anew
 * or computes otherwise than before, and all of the prompt, in pieces of bounded size.
 */
final class PromptEvents {
    /** Prompt tokens in one event. */
    private static final int PIECE = 16_384;

    private PromptEvents() {}

    /**
     * The events, in order.
     *
     * @throws WindowExceeded if the session attends densely, and the prompt, and a token to answer it with, do not fit the
     *     model's window
     * @throws InvalidRequest if there is nothing to go on from
     */
    static List<SessionEvent> of(Live live, TurnPrompt prompt, Optional<String> requestId) {
        String session = live.identity().name();
        int[] tokens = prompt.tokens();
        int wanted = tokens.length + (prompt.kind() == TurnKind.INGEST ? 0 : 1);
        int longest = live.timeline().longest(live.position(), prompt.model().window());
        if (wanted > longest - live.position()) {
            throw new WindowExceeded(
                    session, live.position(), wanted, prompt.model().window());
        }
        if (live.position() + tokens.length == 0) {
            throw new InvalidRequest("session '" + session + "' is empty and the text has no tokens; say something");
        }
        List<SessionEvent> events = new ArrayList<>();
        live.openTurn().ifPresent(open -> events.add(interrupted(live, open.turn())));
        NumericsEdit.due(live).ifPresent(events::add);
        events.addAll(prompt.picked());
        int turn = prompt.kind() == TurnKind.CONTINUE ? live.turns() : live.turns() + 1;
        Tokens all = Tokens.of(tokens);
        events.add(new TurnStarted(
                turn,
                prompt.kind(),
                requestId,
                live.position(),
                all.slice(0, Math.min(PIECE, all.size())),
                all.size(),
                prompt.options(),
                prompt.documentHash(),
                System.currentTimeMillis()));
        for (int from = PIECE; from < all.size(); from += PIECE) {
            events.add(new PromptExtended(
                    turn, live.position() + from, all.slice(from, Math.min(from + PIECE, all.size()))));
        }
        return events;
    }

    private static TurnEnded interrupted(Live live, int turn) {
        return new TurnEnded(
                turn, live.position(), FinishReason.INTERRUPTED, TurnCosts.unknown(live.position()));
    }
}
