package dev.mneme.benchmarks.soak;

import dev.mneme.Reply;
import java.util.concurrent.atomic.LongAdder;

/** What all lives together have done. Thread-safe. */
final class Work {
    private final LongAdder turns = new LongAdder();
    private final LongAdder tokens = new LongAdder();

    /** Counts a turn and the tokens that it computed. */
    void add(Reply reply) {
        turns.increment();
        tokens.add(reply.receipt().computed() + reply.receipt().rebuilt());
    }

    long turns() {
        return turns.sum();
    }

    long tokens() {
        return tokens.sum();
    }
}
