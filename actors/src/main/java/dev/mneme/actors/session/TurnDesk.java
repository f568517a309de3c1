package dev.mneme.actors.session;

import dev.mneme.actors.engine.TurnWork;
import dev.mneme.actors.engine.WorkCost;
import dev.mneme.actors.engine.WorkOutcome;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.SessionBusy;
import dev.mneme.errors.SessionFailed;
import dev.mneme.errors.SessionNotFound;
import dev.mneme.errors.TurnCancelled;
import dev.mneme.errors.TurnTimedOut;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.RequestKind;
import dev.mneme.persistence.index.RequestOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a session's turns are worked off, one at a time; further ones wait, to a limit.
 *
 * <p>The way of a turn: its prompt is rendered and tokenized off the actor; {@code TurnStarted} is journaled; the memory
 * is opened off the actor; the engine computes and leaves tokens in a {@link TurnMailbox}; what was taken from there is
 * journaled and only then told; {@code TurnEnded} is journaled; the memory is put to rest; the end is told, so that who
 * then forks, rewinds or closes finds all of the memory kept. What lies between events is in {@link ActiveTurn} and may be
 * lost at any instruction: the journal alone tells how to go on.
 */
final class TurnDesk {
    private static final Logger LOG = LoggerFactory.getLogger(TurnDesk.class);

    private final ActorContext<SessionCommand> context;
    private final SessionServices services;
    private final EffectFactories<SessionEvent, SessionState> effects;
    private final TurnPreparation preparation;
    private final Deque<SessionCommand.StartTurn> waiting = new ArrayDeque<>();
    private final Map<SessionCommand, ActorRef<SessionReply>> afterRest = new LinkedHashMap<>();
    private @Nullable ActiveTurn active;
    private boolean stopping;

    TurnDesk(
            ActorContext<SessionCommand> context,
            SessionServices services,
            EffectFactories<SessionEvent, SessionState> effects) {
        this.context = context;
        this.services = services;
        this.effects = effects;
        this.preparation = new TurnPreparation(services);
    }

    boolean busy() {
        return active != null;
    }

    /** Whether the last turn is over for its caller, and its memory is still being put to rest. */
    boolean resting() {
        return active != null && active.isOver();
    }

    /** Tells the actor a command again once the memory is at rest: for what cannot be done while it is written. */
    Effect<SessionEvent, SessionState> afterRest(SessionCommand command, ActorRef<SessionReply> replyTo) {
        afterRest.put(command, replyTo);
        return effects.none();
    }

    /**
     * Whether a request was carried out before.
     *
     * @throws InvalidRequest if its id was used for something else than this kind of request
     */
    boolean known(Live live, RequestKind kind, Optional<String> requestId) {
        Optional<RequestOutcome> before =
                requestId.flatMap(id -> services.index().request(live.identity().sessionId(), id));
        before.ifPresent(outcome -> TurnIntent.requireKind(kind, outcome, requestId));
        return before.isPresent();
    }

    Effect<SessionEvent, SessionState> start(SessionState state, SessionCommand.StartTurn start) {
        if (!(state instanceof Live live)) {
            start.listener().failed(new SessionNotFound(services.tenant().name(), start.request().session()));
            return effects.none();
        }
        String name = live.identity().name();
        if (stopping) {
            start.listener().failed(new MnemeClosed("session '" + name + "'"));
            return effects.none();
        }
        if (active == null) {
            return begin(live, start);
        }
        if (waiting.size() >= services.limits().waitingTurns()) {
            start.listener().failed(new SessionBusy(name, waiting.size()));
        } else {
            waiting.add(start);
        }
        return effects.none();
    }

    private Effect<SessionEvent, SessionState> begin(Live live, SessionCommand.StartTurn start) {
        ActiveTurn turn = new ActiveTurn(start);
        active = turn;
        TurnIntent intent;
        try {
            intent = TurnIntent.of(live, start.request(), services.index());
        } catch (RuntimeException e) {
            return giveUp(live, e);
        }
        return switch (intent) {
            case TurnIntent.Repeat(RequestOutcome request) -> {
                off(turn, () -> preparation.outcome(live, request), SessionCommand.OutcomeReady::new);
                yield effects.none();
            }
            case TurnIntent.Resume(TurnFacts facts) -> {
                off(turn, () -> preparation.model(live), model -> new SessionCommand.ModelReady(model, facts));
                yield effects.none();
            }
            case TurnIntent.Begin() -> {
                off(turn, () -> preparation.prompt(live, start.request()), SessionCommand.PromptReady::new);
                yield effects.none();
            }
        };
    }

    Effect<SessionEvent, SessionState> proceed(SessionState state, SessionCommand.Internal step) {
        if (!(state instanceof Live live) || active == null) {
            return effects.unhandled();
        }
        return switch (step) {
            case SessionCommand.PromptReady(TurnPrompt prompt) -> journalPrompt(live, active, prompt);
            case SessionCommand.ModelReady(LoadedModel model, TurnFacts turn) -> {
                active.modelTaken(model, live.computedOnce());
                openMemory(live, active, turn);
                yield effects.none();
            }
            case SessionCommand.WorkReady(ReadyWork work) -> submit(live, active, work);
            case SessionCommand.OutcomeReady(TurnResult result) -> repeat(live, active, result);
            case SessionCommand.PreparationFailed(RuntimeException failure) -> failed(live, active, failure);
            case SessionCommand.MailboxFilled() -> journalReply(live, active);
            case SessionCommand.Rested(WorkOutcome outcome) -> {
                tellEnd(live, active, outcome);
                yield next(live);
            }
        };
    }

    private Effect<SessionEvent, SessionState> journalPrompt(Live live, ActiveTurn turn, TurnPrompt prompt) {
        turn.modelTaken(prompt.model(), live.computedOnce());
        List<SessionEvent> events;
        try {
            events = PromptEvents.of(live, prompt, turn.requestId());
        } catch (RuntimeException e) {
            return giveUp(live, e);
        }
        return effects.persist(events).thenRun(state -> {
            Live begun = (Live) state;
            openMemory(begun, turn, begun.lastTurn().orElseThrow());
        });
    }

    private void openMemory(Live live, ActiveTurn turn, TurnFacts facts) {
        turn.begun(facts);
        off(
                turn,
                () -> preparation.open(live, facts, turn.model(), turn.computedOnce()),
                SessionCommand.WorkReady::new);
    }

    private Effect<SessionEvent, SessionState> submit(Live live, ActiveTurn turn, ReadyWork ready) {
        TurnFacts facts = turn.facts();
        turn.prompt(ready.prompt());
        TurnMailbox mailbox = new TurnMailbox(() -> context.getSelf().tell(new SessionCommand.MailboxFilled()));
        turn.ready(
                ready.memory(),
                mailbox,
                new TurnWork(
                        live.identity().name(),
                        ready.memory(),
                        ready.reply(),
                        mailbox,
                        services.limits().unreadTokens() - ready.replayed().size()));
        turn.listener().started(new TurnProgress(live.identity(), facts.turn(), ready.prompt(), turn));
        if (!ready.replayed().isEmpty()) {
            tell(turn, ready.replayed(), ready.replayedText());
        }
        turn.submit();
        return effects.none();
    }

    private static void tell(ActiveTurn turn, Tokens tokens, String text) {
        turn.replied(tokens, text);
        turn.listener().replied(new ReplyPiece(text, tokens));
    }

    private Effect<SessionEvent, SessionState> journalReply(Live live, ActiveTurn turn) {
        TurnMailbox.Contents contents = turn.mailbox().take();
        Tokens tokens = Tokens.of(contents.tokens());
        List<SessionEvent> events = new ArrayList<>();
        if (!tokens.isEmpty()) {
            events.add(new TokensSampled(turn.facts().turn(), live.position(), tokens));
        }
        Optional<WorkOutcome> outcome = contents.outcome();
        outcome.filter(end -> endsTurn(turn.facts(), end))
                .ifPresent(end -> events.add(ended(turn, live.position() + tokens.size(), end)));
        return effects.persist(events).thenRun(state -> {
            turn.durable(((Live) state).position());
            if (!tokens.isEmpty() || !contents.text().isEmpty()) {
                tell(turn, tokens, contents.text());
            }
            outcome.ifPresent(end -> rest(turn, end));
        });
    }

    /**
     * Whether the journal is told that the turn ended. What a closing engine cut off stays open, as after a kill, and so
     * does the reading of a document: the same request goes on with it.
     */
    private static boolean endsTurn(TurnFacts facts, WorkOutcome outcome) {
        return switch (outcome.finish()) {
            case STOP, LENGTH, INGESTED -> true;
            case INTERRUPTED -> false;
            case CANCELLED, TIMED_OUT, FAILED -> facts.kind() != TurnKind.INGEST;
        };
    }

    private static TurnEnded ended(ActiveTurn turn, int position, WorkOutcome outcome) {
        return new TurnEnded(turn.facts().turn(), position, outcome.finish(), turn.cost(outcome.cost(), position));
    }

    private void tellEnd(Live live, ActiveTurn turn, WorkOutcome outcome) {
        Throwable failure = outcome.failure();
        if (failure != null) {
            turn.listener().failed(asMnemeException(live, failure));
        } else {
            TurnCost cost = turn.cost(outcome.cost(), live.position());
            turn.listener().ended(turn.result(live, outcome.finish(), cost));
        }
    }

    private static RuntimeException asMnemeException(Live live, Throwable failure) {
        return failure instanceof MnemeException known
                ? known
                : new SessionFailed(live.identity().name(), "the turn could not be computed: " + failure, failure);
    }

    private void rest(ActiveTurn turn, WorkOutcome outcome) {
        turn.over();
        off(
                turn,
                () -> {
                    try {
                        turn.rest();
                    } catch (RuntimeException e) {
                        // The turn is in the journal all the same; what was not kept is rebuilt from there.
                        LOG.warn("not all of a turn's memory could be kept", e);
                    }
                    return outcome;
                },
                SessionCommand.Rested::new);
    }

    private Effect<SessionEvent, SessionState> repeat(Live live, ActiveTurn turn, TurnResult result) {
        turn.listener().started(new TurnProgress(live.identity(), result.turn(), result.prompt(), turn));
        turn.listener().replied(new ReplyPiece(result.text(), result.tokens()));
        turn.listener().ended(result);
        return next(live);
    }

    /** Something between the events failed; a turn that is journaled is journaled as failed. */
    private Effect<SessionEvent, SessionState> failed(Live live, ActiveTurn turn, RuntimeException failure) {
        if (!turn.hasBegun()) {
            return giveUp(live, failure);
        }
        WorkOutcome outcome = new WorkOutcome(FinishReason.FAILED, "", WorkCost.NONE, failure);
        if (!endsTurn(turn.facts(), outcome)) {
            return giveUp(live, asMnemeException(live, failure));
        }
        return effects.persist(ended(turn, live.position(), outcome))
                .thenRun(state -> rest(turn, outcome));
    }

    private Effect<SessionEvent, SessionState> giveUp(Live live, RuntimeException failure) {
        if (active != null) {
            active.listener().failed(failure);
            active.releaseModel();
        }
        return next(live);
    }

    private Effect<SessionEvent, SessionState> next(Live live) {
        active = null;
        if (stopping) {
            refuseWaiting();
            return effects.stop();
        }
        afterRest.keySet().forEach(context.getSelf()::tell);
        afterRest.clear();
        SessionCommand.StartTurn start = waiting.poll();
        return start == null ? effects.none() : begin(live, start);
    }

    Effect<SessionEvent, SessionState> cancel(SessionCommand.CancelTurn cancel) {
        if (active != null && active.listener() == cancel.listener()) {
            active.cancel(cancel.reason());
        } else {
            waiting.stream()
                    .filter(start -> start.listener() == cancel.listener())
                    .findFirst()
                    .ifPresent(start -> {
                        waiting.remove(start);
                        start.listener().failed(stopped(start.request().session(), cancel.reason()));
                    });
        }
        return effects.none();
    }

    private static MnemeException stopped(String session, FinishReason reason) {
        return reason == FinishReason.TIMED_OUT ? new TurnTimedOut(session) : new TurnCancelled(session);
    }

    Effect<SessionEvent, SessionState> stop() {
        stopping = true;
        refuseWaiting();
        if (active == null) {
            return effects.stop();
        }
        active.cancel(FinishReason.INTERRUPTED);
        return effects.none();
    }

    /** The journal did not take an event: the actor stops, and whoever waits is told why. */
    void unwritable(Throwable reason) {
        if (active != null) {
            active.cancel(FinishReason.INTERRUPTED);
            active.listener().failed(new SessionFailed(
                    active.session(), "its journal could not be written: " + reason.getMessage(), reason));
        }
    }

    /** The actor stops for good or by an error: whoever still waits is told. */
    void abandon() {
        stopping = true;
        refuseWaiting();
        if (active != null) {
            active.cancel(FinishReason.INTERRUPTED);
            active.listener().failed(new MnemeClosed("the turn of session '" + active.session() + "'"));
            active.restLater(services.blocking());
        }
    }

    private void refuseWaiting() {
        waiting.forEach(start -> start.listener().failed(new MnemeClosed(
                "a waiting turn of session '" + start.request().session() + "'")));
        waiting.clear();
        afterRest.values().forEach(replyTo -> replyTo.tell(new SessionReply.Refused(new MnemeClosed("a session"))));
        afterRest.clear();
    }

    /** Prepares the next step of {@code turn} off the actor, which is told when it is there. */
    private <T> void off(ActiveTurn turn, Supplier<T> work, Function<T, SessionCommand.Internal> done) {
        CompletableFuture<SessionCommand.Internal> step =
                CompletableFuture.supplyAsync(() -> done.apply(work.get()), services.blocking());
        turn.preparing(step);
        context.pipeToSelf(step, (prepared, failure) -> {
            if (failure == null) {
                return prepared;
            }
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            return new SessionCommand.PreparationFailed(
                    cause instanceof RuntimeException known ? known : new IllegalStateException(cause));
        });
    }
}
