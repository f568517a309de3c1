package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;

/**
 * What a session with a sparse policy keeps beside its blocks: summaries in chunks of {@link SummaryLayout#BLOCKS} blocks,
 * and the current choices. The memory rules of {@link KvMemory} hold, but for the alignment. All of it can be made again:
 * summaries from the blocks ({@link BlockSummary#writeAll}), choices by computing the query group again from its first
 * token.
 */
public interface RetrievalMemory {
    /** A chunk whose blocks all lie before the run's first block. Read only. */
    MemorySegment sealedSummaries(int chunk);

    /**
     * A chunk that holds blocks from the run's first one on; the run writes the summaries of those that it fills.
     *
     * @param blocks how many of the chunk's blocks lie before the run's first block: their summaries are there
     */
    MemorySegment openSummaries(int chunk, int blocks);

    /**
     * The current group's choices, see {@link GroupChoices}: read where a run starts inside a group, written with the
     * run's last group. A run that fails may leave them half written; the next run then has to start at its group's first
     * token, or a copy be put back.
     */
    MemorySegment choices();
}
