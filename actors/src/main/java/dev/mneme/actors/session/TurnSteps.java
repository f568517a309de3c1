package dev.mneme.actors.session;

import dev.mneme.actors.engine.TurnWork;
import dev.mneme.actors.engine.WorkCost;
import dev.mneme.actors.engine.WorkOutcome;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.RequestOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a turn, from the actor's side: its prompt is rendered and tokenized off the actor; {@code TurnStarted} is
 * journaled; the memory is opened off the actor; the engine computes and leaves tokens in a {@link TurnMailbox}; what was
 * taken from there is journaled and only then told; {@code TurnEnded} is journaled; the memory is put to rest; the end is
 * told, so that who then forks, rewinds or closes finds all of the memory kept. What lies between events is in
 * {@link ActiveTurn} and may be lost at any instruction: the journal alone tells how to go on.
 */
final class TurnSteps {
    private static final Logger LOG = LoggerFactory.getLogger(TurnSteps.class);

    private final ActorContext<SessionCommand> context;
    private final SessionServices services;
    private final EffectFactories<SessionEvent, SessionState> effects;
    private final TurnPreparation preparation;
    private final Function<Live, Effect<SessionEvent, SessionState>> whenOver;

    /** @param whenOver what the actor does after a turn's last step */
    TurnSteps(
            ActorContext<SessionCommand> context,
            SessionServices services,
            EffectFactories<SessionEvent, SessionState> effects,
            Function<Live, Effect<SessionEvent, SessionState>> whenOver) {
        this.context = context;
        this.services = services;
        this.effects = effects;
        this.preparation = new TurnPreparation(services);
        this.whenOver = whenOver;
    }

    /** The first step, whichever the journal asks for. */
    Effect<SessionEvent, SessionState> begin(Live live, ActiveTurn turn, TurnRequest request) {
        TurnIntent intent;
        try {
            intent = TurnIntent.of(live, request, services.index());
        } catch (RuntimeException e) {
            return giveUp(live, turn, e);
        }
        return switch (intent) {
            case TurnIntent.Repeat(RequestOutcome before) -> {
                off(turn, () -> preparation.outcome(live, before), SessionCommand.OutcomeReady::new);
                yield effects.none();
            }
            case TurnIntent.Resume(TurnFacts facts, List<SessionEvent> events) -> effects.persist(events)
                    .thenRun(state -> off(
                            turn,
                            () -> services.model((Live) state),
                            model -> new SessionCommand.ModelReady(model, facts)));
            case TurnIntent.Begin() -> {
                off(turn, () -> preparation.prompt(live, request), SessionCommand.PromptReady::new);
                yield effects.none();
            }
        };
    }

    /** The step that what an actor told itself leads to. */
    Effect<SessionEvent, SessionState> proceed(Live live, ActiveTurn turn, SessionCommand.Internal step) {
        return switch (step) {
            case SessionCommand.PromptReady(TurnPrompt prompt) -> journalPrompt(live, turn, prompt);
            case SessionCommand.ModelReady(LoadedModel model, TurnFacts facts) -> {
                turn.modelTaken(model, live.computedOnce());
                openMemory(live, turn, facts);
                yield effects.none();
            }
            case SessionCommand.WorkReady(ReadyWork work) -> submit(live, turn, work);
            case SessionCommand.OutcomeReady(TurnResult result) -> repeat(live, turn, result);
            case SessionCommand.PreparationFailed(RuntimeException failure) -> failed(live, turn, failure);
            case SessionCommand.MailboxFilled() -> journalReply(live, turn);
            case SessionCommand.Rested(WorkOutcome outcome) -> {
                tellEnd(live, turn, outcome);
                yield whenOver.apply(live);
            }
        };
    }

    private Effect<SessionEvent, SessionState> journalPrompt(Live live, ActiveTurn turn, TurnPrompt prompt) {
        turn.modelTaken(prompt.model(), live.computedOnce());
        List<SessionEvent> events;
        try {
            events = PromptEvents.of(live, prompt, turn.requestId());
        } catch (RuntimeException e) {
            return giveUp(live, turn, e);
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
        return whenOver.apply(live);
    }

    /** Something between the events failed; a turn that is journaled is journaled as failed. */
    private Effect<SessionEvent, SessionState> failed(Live live, ActiveTurn turn, RuntimeException failure) {
        if (!turn.hasBegun()) {
            return giveUp(live, turn, failure);
        }
        WorkOutcome outcome = new WorkOutcome(FinishReason.FAILED, "", WorkCost.NONE, failure);
        if (!endsTurn(turn.facts(), outcome)) {
            return giveUp(live, turn, asMnemeException(live, failure));
        }
        return effects.persist(ended(turn, live.position(), outcome))
                .thenRun(state -> rest(turn, outcome));
    }

    private Effect<SessionEvent, SessionState> giveUp(Live live, ActiveTurn turn, RuntimeException failure) {
        turn.listener().failed(failure);
        turn.releaseModel();
        return whenOver.apply(live);
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
            return new SessionCommand.PreparationFailed(cause(failure));
        });
    }

    /** What went wrong off the actor. */
    static RuntimeException cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
}
