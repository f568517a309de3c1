package dev.mneme.actors.session;

import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.actors.session.TurnRequest.Content;
import dev.mneme.errors.NothingToContinue;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.RequestKind;
import dev.mneme.persistence.index.RequestOutcome;
import dev.mneme.persistence.index.SessionIndex;
import java.util.Optional;

/** What a request for a turn comes to, given what the journal already has. */
sealed interface TurnIntent {
    /** The request was carried out before: its outcome is told again. */
    record Repeat(int turn) implements TurnIntent {}

    /** The turn was begun, by this or an earlier process, and not ended: it goes on. */
    record Resume(TurnFacts turn) implements TurnIntent {}

    /** A new turn; one that is still open is closed as interrupted. */
    record Begin() implements TurnIntent {}

    /** @throws NothingToContinue where a continuation is asked for and the last reply is complete */
    static TurnIntent of(Live live, TurnRequest request, SessionIndex index) {
        Optional<RequestOutcome> done = request.requestId()
                .flatMap(id -> index.request(live.identity().sessionId(), id))
                .filter(outcome -> outcome.kind() == RequestKind.TURN);
        Optional<TurnFacts> open = live.openTurn();
        if (done.isPresent()) {
            int turn = done.get().turn();
            return open.filter(facts -> facts.turn() == turn)
                    .<TurnIntent>map(Resume::new)
                    .orElseGet(() -> new Repeat(turn));
        }
        return switch (request.content()) {
            case Content.Continuation() -> continuation(live, request, open);
            case Content.Document(String text, String hash) -> reading(open, hash);
            case Content.RawDocument(String text, String hash) -> reading(open, hash);
            case Content.Message message -> new Begin();
            case Content.RawText raw -> new Begin();
        };
    }

    private static TurnIntent continuation(Live live, TurnRequest request, Optional<TurnFacts> open) {
        if (!live.cutOff()) {
            throw new NothingToContinue(live.identity().name());
        }
        return open.isPresent() && request.wishes().equals(GenerationWishes.NONE)
                ? new Resume(open.get())
                : new Begin();
    }

    private static TurnIntent reading(Optional<TurnFacts> open, String hash) {
        return open.filter(turn -> turn.kind() == TurnKind.INGEST
                        && turn.documentHash().filter(hash::equals).isPresent())
                .<TurnIntent>map(Resume::new)
                .orElseGet(Begin::new);
    }
}
