package dev.mneme.actors.engine;

import java.util.Set;

/**
 * What a turn's work took.
 *
 * @param computed new tokens computed
 * @param rebuilt tokens computed again
 * @param foundLost how many of these had been thought to be there
 * @param lostWhy what was wrong with them
 * @param generated tokens sampled
 * @param blocksAttended blocks in the plan of the last step
 * @param bytesRead bytes of keys and values read
 * @param firstTokenNanos from the work's submission to its first sampled token; 0 if there was none
 * @param generationNanos from the first sampled token to the last
 */
public record WorkCost(
        int computed,
        int rebuilt,
        int foundLost,
        Set<String> lostWhy,
        int generated,
        long blocksAttended,
        long bytesRead,
        long firstTokenNanos,
        long generationNanos) {
    /** Nothing was done. */
    public static final WorkCost NONE = new WorkCost(0, 0, 0, Set.of(), 0, 0, 0, 0, 0);
}
