package dev.mneme.actors.session;

import dev.mneme.actors.engine.TurnSink;
import dev.mneme.actors.engine.WorkOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries tokens from the engine to the session actor. The engine never waits for the journal: what gathers here while
 * one event is being synced goes into the next one. Its size is limited by what the engine may leave unread.
 */
final class TurnMailbox implements TurnSink {
    private final Runnable nudge;
    private final List<Integer> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WorkOutcome outcome;
    private boolean nudged;
    private final CompletableFuture<WorkOutcome> end = new CompletableFuture<>();

    /** @param nudge tells the actor that there is something to take; called at most once between two takes */
    TurnMailbox(Runnable nudge) {
        this.nudge = nudge;
    }

    @Override
    public void sampled(int token, String piece) {
        boolean first;
        synchronized (this) {
            tokens.add(token);
            text.append(piece);
            first = firstSinceTake();
        }
        if (first) {
            nudge.run();
        }
    }

    @Override
    public void finished(WorkOutcome workOutcome) {
        boolean first;
        synchronized (this) {
            text.append(workOutcome.remainingText());
            outcome = workOutcome;
            first = firstSinceTake();
        }
        end.complete(workOutcome);
        if (first) {
            nudge.run();
        }
    }

    /** Completes when the engine is done with the turn, whether or not the actor still takes from here. */
    CompletableFuture<WorkOutcome> end() {
        return end;
    }

    /** Decided together with the content: a nudge without content would reach the actor in the middle of its next turn. */
    private boolean firstSinceTake() {
        boolean first = !nudged;
        nudged = true;
        return first;
    }

    /** Takes everything. */
    synchronized Contents take() {
        Contents contents = new Contents(
                tokens.stream().mapToInt(Integer::intValue).toArray(), text.toString(), Optional.ofNullable(outcome));
        tokens.clear();
        text.setLength(0);
        nudged = false;
        return contents;
    }

    /**
     * What was in the mailbox.
     *
     * @param tokens sampled ids, in order
     * @param text what they add to the text
     * @param outcome how the work ended, if it did
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Contents(int[] tokens, String text, Optional<WorkOutcome> outcome) {}
}
