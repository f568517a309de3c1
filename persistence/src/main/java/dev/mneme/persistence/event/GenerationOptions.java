package dev.mneme.persistence.event;

import java.util.List;

/**
 * Everything that decides which tokens a turn samples, so that a resumed turn samples what it would have.
 *
 * @param maxTokens the most tokens to sample
 * @param temperature 0 for greedy
 * @param topK the most candidates kept, 0 for all
 * @param topP the probability mass kept, 1 for all
 * @param minP the least probability kept, relative to the best
 * @param repetitionPenalty 1 for none
 * @param repetitionWindow how many of the last tokens are penalized
 * @param seed the seed of the draws; the draw at a position is a function of both
 * @param stops the texts that end the reply
 */
public record GenerationOptions(
        int maxTokens,
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        int repetitionWindow,
        long seed,
        List<String> stops) {
    public GenerationOptions {
        stops = List.copyOf(stops);
    }

    /** These options with another limit. */
    public GenerationOptions withMaxTokens(int tokens) {
        return new GenerationOptions(
                tokens, temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, seed, stops);
    }
}
