package dev.mneme.actors.engine;

import java.util.concurrent.CompletableFuture;

/** Waits for work that has no reply: nothing but its end is of interest. */
public final class AwaitedOutcome implements TurnSink {
    private final CompletableFuture<WorkOutcome> outcome = new CompletableFuture<>();

    @Override
    public void sampled(int token, String text) {
        throw new IllegalStateException("work without a reply samples nothing");
    }

    @Override
    public void finished(WorkOutcome end) {
        outcome.complete(end);
    }

    /** How the work ended; blocks until it has. Not for the engine thread. */
    public WorkOutcome await() {
        return outcome.join();
    }
}
