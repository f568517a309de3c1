package dev.mneme.actors.session;

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
import dev.mneme.persistence.index.RequestKind;
import dev.mneme.persistence.index.RequestOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session's next turn, or looks back at the last one: one at a time goes through {@link TurnSteps} or a
 * {@link LookBack}, further ones wait, to a limit, and whoever waits is told when the session stops.
 */
final class TurnDesk {
    private final ActorContext<SessionCommand> context;
    private final SessionServices services;
    private final EffectFactories<SessionEvent, SessionState> effects;
    private final TurnSteps steps;
    private final Deque<SessionCommand.Lasting> waiting = new ArrayDeque<>();
    private final Map<SessionCommand, ActorRef<SessionReply>> afterRest = new LinkedHashMap<>();
    private @Nullable ActiveTurn active;
    private SessionCommand.@Nullable Recall recalling;
    private boolean stopping;

    TurnDesk(
            ActorContext<SessionCommand> context,
            SessionServices services,
            EffectFactories<SessionEvent, SessionState> effects) {
        this.context = context;
        this.services = services;
        this.effects = effects;
        this.steps = new TurnSteps(context, services, effects, this::next);
    }

    boolean busy() {
        return active != null || recalling != null;
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

    Effect<SessionEvent, SessionState> start(SessionState state, SessionCommand.Lasting asked) {
        if (!(state instanceof Live live)) {
            asked.refuse(new SessionNotFound(services.tenant().name(), asked.session()));
            return effects.none();
        }
        String name = live.identity().name();
        if (stopping) {
            asked.refuse(new MnemeClosed("session '" + name + "'"));
            return effects.none();
        }
        if (!busy()) {
            return begin(live, asked);
        }
        if (waiting.size() >= services.limits().waitingTurns()) {
            asked.refuse(new SessionBusy(name, waiting.size()));
        } else {
            waiting.add(asked);
        }
        return effects.none();
    }

    private Effect<SessionEvent, SessionState> begin(Live live, SessionCommand.Lasting asked) {
        return switch (asked) {
            case SessionCommand.StartTurn start -> {
                ActiveTurn turn = new ActiveTurn(start);
                active = turn;
                yield steps.begin(live, turn, start.request());
            }
            case SessionCommand.Recall recall -> {
                recalling = recall;
                lookBack(live, recall);
                yield effects.none();
            }
        };
    }

    private void lookBack(Live live, SessionCommand.Recall recall) {
        LookBack lookBack = new LookBack(services, live);
        context.pipeToSelf(
                CompletableFuture.supplyAsync(() -> lookBack.run(recall.answer()), services.blocking()),
                (told, failure) -> new SessionCommand.RecallOver(
                        recall, told, failure == null ? null : TurnSteps.cause(failure)));
    }

    /** The recall is told when nothing of the session is held for it any more: who hears of it may rewind at once. */
    Effect<SessionEvent, SessionState> recalled(SessionState state, SessionCommand.RecallOver over) {
        recalling = null;
        if (over.failure() != null) {
            over.recall().refuse(over.failure());
        } else {
            over.recall().answer().complete(over.told());
        }
        return state instanceof Live live ? next(live) : effects.unhandled();
    }

    Effect<SessionEvent, SessionState> proceed(SessionState state, SessionCommand.Internal step) {
        return state instanceof Live live && active != null
                ? steps.proceed(live, active, step)
                : effects.unhandled();
    }

    private Effect<SessionEvent, SessionState> next(Live live) {
        active = null;
        if (stopping) {
            refuseWaiting();
            return effects.stop();
        }
        afterRest.keySet().forEach(context.getSelf()::tell);
        afterRest.clear();
        SessionCommand.Lasting asked = waiting.poll();
        return asked == null ? effects.none() : begin(live, asked);
    }

    Effect<SessionEvent, SessionState> cancel(SessionCommand.CancelTurn cancel) {
        if (active != null && active.listener() == cancel.listener()) {
            active.cancel(cancel.reason());
        } else {
            waiting.stream()
                    .filter(asked -> asked instanceof SessionCommand.StartTurn start && start.listener() == cancel.listener())
                    .findFirst()
                    .ifPresent(start -> {
                        waiting.remove(start);
                        start.refuse(stopped(start.session(), cancel.reason()));
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
        if (!busy()) {
            return effects.stop();
        }
        endRecall();
        if (active != null) {
            active.cancel(FinishReason.INTERRUPTED);
        }
        return effects.none();
    }

    private void endRecall() {
        if (recalling != null) {
            recalling.refuse(new MnemeClosed("the recall of session '" + recalling.session() + "'"));
        }
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
        endRecall();
        if (active != null) {
            active.cancel(FinishReason.INTERRUPTED);
            active.listener().failed(new MnemeClosed("the turn of session '" + active.session() + "'"));
            active.restLater(services.blocking());
        }
    }

    private void refuseWaiting() {
        waiting.forEach(asked -> asked.refuse(
                new MnemeClosed("what waits for session '" + asked.session() + "'")));
        waiting.clear();
        afterRest.values().forEach(replyTo -> replyTo.tell(new SessionReply.Refused(new MnemeClosed("a session"))));
        afterRest.clear();
    }
}
