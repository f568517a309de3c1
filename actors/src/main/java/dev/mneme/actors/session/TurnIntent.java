package dev.mneme.actors.session;

import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.actors.session.TurnRequest.Content;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.NothingToContinue;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.index.RequestKind;
import dev.mneme.persistence.index.RequestOutcome;
import dev.mneme.persistence.index.SessionIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a request for a turn comes to, given what the journal already has. */
sealed interface TurnIntent {
    /** The request was carried out before: its outcome is told again. */
    record Repeat(RequestOutcome request) implements TurnIntent {}

    /**
     * The turn was begun, by this or an earlier process, and not ended: it goes on.
     *
     * @param events what is journaled first: the arithmetic that it goes on in, if that is another one, and the request's id, if
     *     the turn was begun under another one
     */
    record Resume(TurnFacts turn, List<SessionEvent> events) implements TurnIntent {
        static Resume of(Live live, TurnFacts turn, Optional<String> newRequestId) {
            List<SessionEvent> events = new ArrayList<>();
            NumericsEdit.due(live).ifPresent(events::add);
            newRequestId.ifPresent(id -> events.add(new TurnResumed(turn.turn(), id)));
            return new Resume(turn, events);
        }
    }

    /** A new turn; one that is still open is closed as interrupted. */
    record Begin() implements TurnIntent {}

    /**
     * What the request comes to.
     *
     * @throws NothingToContinue where a continuation is asked for and the last reply is complete
     * @throws InvalidRequest where the request's id was used for something else than a turn
     */
    static TurnIntent of(Live live, TurnRequest request, SessionIndex index) {
        Optional<RequestOutcome> done = request.requestId()
                .flatMap(id -> index.request(live.identity().sessionId(), id));
        Optional<TurnFacts> open = live.openTurn();
        if (done.isPresent()) {
            RequestOutcome outcome = done.get();
            requireKind(RequestKind.TURN, outcome, request.requestId());
            return open.filter(facts -> isOpen(live, outcome, index))
                    .<TurnIntent>map(facts -> Resume.of(live, facts, Optional.empty()))
                    .orElseGet(() -> new Repeat(outcome));
        }
        return switch (request.content()) {
            case Content.Continuation() -> continuation(live, request, open);
            case Content.Document(String text, String hash) -> reading(live, request, open, hash);
            case Content.RawDocument(String text, String hash) -> reading(live, request, open, hash);
            case Content.Message message -> new Begin();
            case Content.RawText raw -> new Begin();
        };
    }

    /** Whether what the request began is what is open now: its reply may be open again because another one continued it. */
    private static boolean isOpen(Live live, RequestOutcome outcome, SessionIndex index) {
        return live.branch() == outcome.branch()
                && live.turns() == outcome.turn()
                && index.turn(SessionEvolution.branchOf(live), outcome.turn())
                        .filter(turn -> turn.startedAt() == outcome.sequenceNr())
                        .isPresent();
    }

    /** @throws InvalidRequest if a request id is used for a second purpose */
    static void requireKind(RequestKind kind, RequestOutcome outcome, Optional<String> requestId) {
        if (outcome.kind() != kind) {
            throw new InvalidRequest("request id '%s' was used for another request (%s); use a fresh one"
                    .formatted(requestId.orElse(""), outcome.kind().name().toLowerCase(Locale.ROOT)));
        }
    }

    private static TurnIntent continuation(Live live, TurnRequest request, Optional<TurnFacts> open) {
        if (!live.cutOff()) {
            throw new NothingToContinue(live.identity().name());
        }
        return open.isPresent() && request.wishes().equals(GenerationWishes.NONE)
                ? Resume.of(live, open.get(), request.requestId())
                : new Begin();
    }

    private static TurnIntent reading(Live live, TurnRequest request, Optional<TurnFacts> open, String hash) {
        return open.filter(turn -> turn.kind() == TurnKind.INGEST
                        && turn.documentHash().filter(hash::equals).isPresent())
                .<TurnIntent>map(facts -> Resume.of(live, facts, request.requestId()))
                .orElseGet(Begin::new);
    }
}
