package dev.mneme;

import dev.mneme.actors.session.GenerationWishes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a turn is to be replied to. Immutable; each {@code with…} gives a copy. What is not said is a default (at most 512
 * tokens, temperature 0.7, top-k 40, top-p 0.95, min-p 0.05, no penalty, a random seed), or, where a reply is resumed, as
 * it was. Values are checked when the turn begins.
 */
public final class TurnOptions {
    private static final TurnOptions DEFAULTS =
            new TurnOptions(GenerationWishes.NONE, Optional.empty(), Optional.empty());

    private final GenerationWishes wishes;
    private final Optional<Duration> timeout;
    private final Optional<String> requestId;

    private TurnOptions(GenerationWishes wishes, Optional<Duration> timeout, Optional<String> requestId) {
        this.wishes = wishes;
        this.timeout = timeout;
        this.requestId = requestId;
    }

    /** Nothing said. */
    public static TurnOptions defaults() {
        return DEFAULTS;
    }

    /** Always the likeliest token. */
    public static TurnOptions greedy() {
        return DEFAULTS.withTemperature(0);
    }

    /** The most tokens to sample, at least 1. */
    public TurnOptions withMaxTokens(int tokens) {
        return with(new GenerationWishes(
                Optional.of(tokens), wishes.temperature(), wishes.topK(), wishes.topP(), wishes.minP(),
                wishes.repetitionPenalty(), wishes.seed(), wishes.stops()));
    }

    /** 0 for greedy; higher is more varied. */
    public TurnOptions withTemperature(float temperature) {
        return with(new GenerationWishes(
                wishes.maxTokens(), Optional.of(temperature), wishes.topK(), wishes.topP(), wishes.minP(),
                wishes.repetitionPenalty(), wishes.seed(), wishes.stops()));
    }

    /** Draws from the {@code candidates} likeliest tokens only; 0 for all. */
    public TurnOptions withTopK(int candidates) {
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), Optional.of(candidates), wishes.topP(), wishes.minP(),
                wishes.repetitionPenalty(), wishes.seed(), wishes.stops()));
    }

    /** Draws from the likeliest tokens that together have this probability; 1 for all. */
    public TurnOptions withTopP(float mass) {
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), wishes.topK(), Optional.of(mass), wishes.minP(),
                wishes.repetitionPenalty(), wishes.seed(), wishes.stops()));
    }

    /** Leaves out tokens less likely than this share of the likeliest; 0 for none. */
    public TurnOptions withMinP(float share) {
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), wishes.topK(), wishes.topP(), Optional.of(share),
                wishes.repetitionPenalty(), wishes.seed(), wishes.stops()));
    }

    /** Makes recent tokens less likely; 1 for none. */
    public TurnOptions withRepetitionPenalty(float penalty) {
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), wishes.topK(), wishes.topP(), wishes.minP(),
                Optional.of(penalty), wishes.seed(), wishes.stops()));
    }

    /** Decides the draws: equal seeds give equal replies to equal sessions. */
    public TurnOptions withSeed(long seed) {
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), wishes.topK(), wishes.topP(), wishes.minP(),
                wishes.repetitionPenalty(), Optional.of(seed), wishes.stops()));
    }

    /** Adds a text that ends the reply and is not shown. */
    public TurnOptions withStop(String stop) {
        List<String> stops = new ArrayList<>(wishes.stops());
        stops.add(stop);
        return with(new GenerationWishes(
                wishes.maxTokens(), wishes.temperature(), wishes.topK(), wishes.topP(), wishes.minP(),
                wishes.repetitionPenalty(), wishes.seed(), stops));
    }

    /** Stops the turn between two steps when this has passed; what was generated is kept. */
    public TurnOptions withTimeout(Duration limit) {
        return new TurnOptions(wishes, Optional.of(limit), requestId);
    }

    /** Makes a repeat safe: a second request with this id gets the outcome of the first. */
    public TurnOptions withRequestId(String id) {
        return new TurnOptions(wishes, timeout, Optional.of(id));
    }

    private TurnOptions with(GenerationWishes changed) {
        return new TurnOptions(changed, timeout, requestId);
    }

    GenerationWishes wishes() {
        return wishes;
    }

    Optional<Duration> timeout() {
        return timeout;
    }

    Optional<String> requestId() {
        return requestId;
    }
}
