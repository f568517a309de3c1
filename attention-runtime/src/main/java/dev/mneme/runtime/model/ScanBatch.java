package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;

/**
 * Query groups of one slice that are scored together against the session's summaries, so that these are read once.
 *
 * @param slice      the session's side
 * @param firstGroup the first group, by its place among the step's beginning groups
 * @param groups     how many there are
 * @param chunks     how many chunks of summaries the last of them compares
 * @param scoresAt   where their scores begin in the room for scores
 */
record ScanBatch(SliceRetrieval slice, int firstGroup, int groups, int chunks, int scoresAt) {
    /** Chunks that one task scores. */
    private static final int RANGE = 8;

    /** A batch of one group. */
    static ScanBatch of(BeginningGroup only, int number, int scoresAt) {
        return new ScanBatch(only.slice(), number, 1, chunks(only), scoresAt);
    }

    /** The batch with the next group of the slice. */
    ScanBatch with(BeginningGroup next) {
        return new ScanBatch(slice, firstGroup, groups + 1, Math.max(chunks, chunks(next)), scoresAt);
    }

    private static int chunks(BeginningGroup group) {
        return (group.group().frame.firstLocal() + SummaryLayout.BLOCKS - 1) / SummaryLayout.BLOCKS;
    }

    /** Numbers between the scores of two queries. */
    int stride() {
        return chunks * SummaryLayout.BLOCKS;
    }

    /** Where the scores end, {@code heads} of them for each block and group. */
    int scoresEnd(int heads) {
        return scoresAt + groups * heads * stride();
    }

    /** Tasks that scan for one KV head. */
    int ranges() {
        return (chunks + RANGE - 1) / RANGE;
    }

    int firstChunk(int range) {
        return range * RANGE;
    }

    int endChunk(int range) {
        return Math.min(chunks, (range + 1) * RANGE);
    }
}
