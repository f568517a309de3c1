package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;

/**
 * What a session with a sparse policy keeps beside its blocks. The memory rules of {@link KvMemory} hold, but for the
 * alignment. Layers are those of layer group 0, counted within it. All of it can be made again: summaries from the blocks
 * ({@link BlockSummary#write}), choices by computing the query group again from its first token.
 */
public interface RetrievalMemory {
    /**
     * Summaries of one layer and KV head: block b's at {@code b * BlockSummary.bytes(headDim)}. Those of blocks that were
     * full before the run are there; the run writes those of the blocks that it fills.
     *
     * @param blocks how many blocks there must be room for
     */
    MemorySegment summaries(int layer, int kvHead, int blocks);

    /**
     * The current group's choices, see {@link GroupChoices}: read where a run starts inside a group, written with the
     * run's last group. A run that fails may leave them half written; the next run then has to start at its group's first
     * token, or a copy be put back.
     */
    MemorySegment choices();
}
