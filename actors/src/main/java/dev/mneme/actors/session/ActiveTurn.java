package dev.mneme.actors.session;

import dev.mneme.actors.engine.TurnWork;
import dev.mneme.actors.engine.WorkCost;
import dev.mneme.actors.jfr.TurnEvent;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnFacts;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The turn that a session actor is busy with, from its command to the memory being at rest again. Actor-confined. */
final class ActiveTurn implements TurnReader {
    private final String session;
    private final TurnListener listener;
    private final Optional<String> requestId;
    private final long askedNanos = System.nanoTime();
    private final TurnEvent event = new TurnEvent();
    private final StringBuilder text = new StringBuilder();
    private Tokens prompt = Tokens.NONE;
    private Tokens replied = Tokens.NONE;
    private Optional<FinishReason> cancelled = Optional.empty();
    private @Nullable LoadedModel model;
    private @Nullable OpenedMemory opened;
    private volatile @Nullable TurnWork work;
    private @Nullable TurnMailbox mailbox;
    private @Nullable TurnFacts facts;
    private CompletableFuture<SessionCommand.Internal> preparing = new CompletableFuture<>();
    private int computedOnce;
    private boolean submitted;
    private long submittedNanos;
    private boolean over;

    ActiveTurn(SessionCommand.StartTurn start) {
        this.session = start.request().session();
        this.listener = start.listener();
        this.requestId = start.request().requestId();
        event.begin();
    }

    /** The name that the caller knows the session by. */
    String session() {
        return session;
    }

    Optional<String> requestId() {
        return requestId;
    }

    TurnListener listener() {
        return listener;
    }

    /** The model is taken, and how far keys and values were computed before this turn is known. */
    void modelTaken(LoadedModel taken, int computedBefore) {
        model = taken;
        computedOnce = computedBefore;
    }

    LoadedModel model() {
        return present(model);
    }

    int computedOnce() {
        return computedOnce;
    }

    void prompt(Tokens journaled) {
        prompt = journaled;
    }

    /** Says how many tokens the journal has. */
    void durable(int position) {
        if (opened != null) {
            opened.memory().durable(position);
        }
    }

    /** Adds what became durable. */
    void replied(Tokens tokens, String piece) {
        replied = replied.plus(tokens);
        text.append(piece);
    }

    /** The turn is in the journal. */
    void begun(TurnFacts journaled) {
        facts = journaled;
    }

    boolean hasBegun() {
        return facts != null;
    }

    TurnFacts facts() {
        return present(facts);
    }

    TurnMailbox mailbox() {
        return present(mailbox);
    }

    /** All that the engine needs is there. */
    void ready(OpenedMemory memory, TurnMailbox box, TurnWork turnWork) {
        opened = memory;
        mailbox = box;
        work = turnWork;
        cancelled.ifPresent(turnWork::cancel);
    }

    /** The next step of the turn is being prepared off the actor. */
    void preparing(CompletableFuture<SessionCommand.Internal> step) {
        preparing = step;
    }

    /** Hands the turn to the engine. */
    void submit() {
        submittedNanos = System.nanoTime();
        model().engine().submit(present(work));
        submitted = true;
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the turn is not that far yet");
        }
        return value;
    }

    /** Asks the engine to stop, or the way to it, if the turn is not there yet. */
    void cancel(FinishReason reason) {
        TurnWork running = work;
        if (running != null) {
            running.cancel(reason);
            model().engine().wake();
        } else if (cancelled.isEmpty()) {
            cancelled = Optional.of(reason);
        }
    }

    @Override
    public void read(int tokens) {
        TurnWork running = work;
        if (running != null) {
            running.read(tokens);
            model().engine().wake();
        }
    }

    @Override
    public int toPrefill() {
        TurnWork running = work;
        return running == null ? 0 : running.toPrefill();
    }

    @Override
    public int prefilled() {
        TurnWork running = work;
        return running == null ? 0 : running.prefilled();
    }

    /** The receipt, once the engine is done. */
    TurnCost cost(WorkCost cost, int contextTokens) {
        long ttftNanos = cost.firstTokenNanos() == 0 ? 0 : submittedNanos - askedNanos + cost.firstTokenNanos();
        double seconds = cost.generationNanos() / 1e9;
        return new TurnCost(
                opened == null ? 0 : opened.reused() - cost.foundLost(),
                cost.computed(),
                cost.rebuilt(),
                rebuiltReason(cost),
                cost.blocksAttended(),
                contextTokens,
                ttftNanos / 1000,
                seconds == 0 ? 0 : (cost.generated() - 1) / seconds,
                cost.bytesRead());
    }

    private Optional<String> rebuiltReason(WorkCost cost) {
        Set<String> why = new LinkedHashSet<>(opened == null ? Set.of() : opened.rebuiltWhy());
        if (cost.foundLost() > 0) {
            why.addAll(cost.lostWhy());
        }
        boolean rebuilds = cost.foundLost() > 0 || (opened != null && opened.rebuilds());
        return rebuilds ? Optional.of(String.join(", ", why)) : Optional.empty();
    }

    TurnResult result(Live live, FinishReason finish, TurnCost cost) {
        event.ended(live.identity().name(), finish.name(), cost);
        return new TurnResult(
                live.identity(),
                facts().turn(),
                prompt,
                text.toString(),
                replied,
                finish,
                cost,
                AttendedBlocks.atEnd(facts().kind(), live.position(), live.timeline(), model().window()),
                live.timeline().pickedAt(facts().position()));
    }

    /** The caller was told the end; only the memory is still to be put to rest. */
    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** Puts the memory to rest and gives up the model. Blocks. */
    void rest() {
        try {
            if (opened != null) {
                opened.memory().rest();
            }
        } finally {
            releaseModel();
        }
    }

    /**
     * {@link #rest} for an actor that is gone: as soon as the engine is done with the turn, or, where the turn has not come
     * to the engine, as soon as what is being prepared is there. The actor will not be told of that, so it is taken here.
     */
    void restLater(Executor blocking) {
        if (over) {
            return; // it is being put to rest
        }
        CompletableFuture<?> last = submitted
                ? mailbox().end()
                : preparing.thenAccept(this::take);
        CompletableFuture<Void> unused = last.handle((done, failure) -> "over").thenRunAsync(this::rest, blocking);
    }

    /** What was prepared holds a model and memory, which the turn may hold already: then this changes nothing. */
    private void take(SessionCommand.Internal prepared) {
        switch (prepared) {
            case SessionCommand.PromptReady(TurnPrompt turnPrompt) -> model = turnPrompt.model();
            case SessionCommand.ModelReady(LoadedModel taken, TurnFacts turn) -> model = taken;
            case SessionCommand.WorkReady(ReadyWork ready) -> opened = ready.memory();
            case SessionCommand.OutcomeReady outcome -> {}
            case SessionCommand.PreparationFailed failed -> {}
            case SessionCommand.MailboxFilled filled -> {}
            case SessionCommand.Rested rested -> {}
        }
    }

    void releaseModel() {
        if (model != null) {
            model.release();
        }
    }
}
