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
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session's next turn: one at a time goes through {@link TurnSteps}, further ones wait, to a limit, and whoever
 * waits is told when the session stops.
 */
final class TurnDesk {
    private final ActorContext<SessionCommand> context;
    private final SessionServices services;
    private final EffectFactories<SessionEvent, SessionState> effects;
    private final TurnSteps steps;
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
        this.steps = new TurnSteps(context, services, effects, this::next);
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
        return steps.begin(live, turn, start.request());
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
}
