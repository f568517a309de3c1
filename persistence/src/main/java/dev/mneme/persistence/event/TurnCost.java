package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * The receipt of a turn as it is journaled.
 *
 * @param reused tokens whose keys and values were there
 * @param computed tokens that were new
 * @param rebuilt tokens whose keys and values had to be computed again
 * @param rebuiltReason why, if any were
 * @param blocksAttended blocks in the plan of the last step
 * @param contextTokens tokens in the session after the turn
 * @param ttftMicros microseconds from the turn's start to its first sampled token
 * @param tokensPerSecond sampled tokens a second after the first
 * @param bytesRead bytes of blocks read from disk or memory map
 */
public record TurnCost(
        int reused,
        int computed,
        int rebuilt,
        Optional<String> rebuiltReason,
        long blocksAttended,
        int contextTokens,
        long ttftMicros,
        double tokensPerSecond,
        long bytesRead) {}
