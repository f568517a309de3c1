package dev.mneme;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** Counts turns and what they cost. Tenants and sessions are no tags: their number has no bound. */
final class TurnMeters {
    private final MeterRegistry registry;
    private final Counter reused;
    private final Counter computed;
    private final Counter rebuilt;
    private final Timer firstToken;

    TurnMeters(MeterRegistry registry) {
        this.registry = registry;
        this.reused = tokens("reused");
        this.computed = tokens("computed");
        this.rebuilt = tokens("rebuilt");
        this.firstToken = Timer.builder("mneme.first.token")
                .description("from the call to the first sampled token")
                .register(registry);
    }

    private Counter tokens(String how) {
        return Counter.builder("mneme.tokens")
                .description("tokens of contexts, by how their keys and values were had")
                .tag("how", how)
                .register(registry);
    }

    void ended(Reply reply) {
        count(reply.finish().name());
        Receipt receipt = reply.receipt();
        reused.increment(receipt.reused());
        computed.increment(receipt.computed());
        rebuilt.increment(receipt.rebuilt());
        if (!receipt.timeToFirstToken().isZero()) {
            firstToken.record(receipt.timeToFirstToken());
        }
    }

    void failed() {
        count("ERROR");
    }

    private void count(String finish) {
        registry.counter("mneme.turns", "finish", finish).increment();
    }
}
