package dev.mneme.actors.session;

import dev.mneme.persistence.event.GenerationOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a caller wants a reply sampled; what is empty is as before in a continuation, and a default elsewhere.
 *
 * @param maxTokens the most tokens to sample
 * @param temperature 0 for greedy
 * @param topK the most candidates, 0 for all
 * @param topP the probability mass kept
 * @param minP the least probability relative to the best
 * @param repetitionPenalty 1 for none
 * @param seed decides the draws
 * @param stops texts that end the reply; empty to keep those before
 */
public record GenerationWishes(
        Optional<Integer> maxTokens,
        Optional<Float> temperature,
        Optional<Integer> topK,
        Optional<Float> topP,
        Optional<Float> minP,
        Optional<Float> repetitionPenalty,
        Optional<Long> seed,
        List<String> stops) {
    /** No wish. */
    public static final GenerationWishes NONE = new GenerationWishes(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());

    private static final int DEFAULT_MAX_TOKENS = 512;
    private static final int REPETITION_WINDOW = 64;

    /** Copies the list. */
    public GenerationWishes {
        stops = List.copyOf(stops);
    }

    /** The options of a new turn; the seed is drawn here, once, if none is wished for. */
    GenerationOptions fresh() {
        return over(new GenerationOptions(
                DEFAULT_MAX_TOKENS,
                0.7f,
                40,
                0.95f,
                0.05f,
                1.0f,
                REPETITION_WINDOW,
                seed.orElseGet(() -> ThreadLocalRandom.current().nextLong()),
                List.of()));
    }

    /** These wishes over the options of an earlier turn. */
    GenerationOptions over(GenerationOptions before) {
        return new GenerationOptions(
                maxTokens.orElse(before.maxTokens()),
                temperature.orElse(before.temperature()),
                topK.orElse(before.topK()),
                topP.orElse(before.topP()),
                minP.orElse(before.minP()),
                repetitionPenalty.orElse(before.repetitionPenalty()),
                before.repetitionWindow(),
                seed.orElse(before.seed()),
                stops.isEmpty() ? before.stops() : stops);
    }
}
