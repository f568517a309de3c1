package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import java.lang.foreign.MemorySegment;

/**
 * A slice's side of its session's {@link RetrievalMemory}.
 *
 * @param slice     the slice
 * @param memory    the session's memory
 * @param choices   the session's current choices
 * @param summaries by KV head, those of the layer in work
 */
record SliceRetrieval(RunSlice slice, RetrievalMemory memory, GroupChoices choices, MemorySegment[] summaries) {

    SliceRetrieval(RunSlice slice, MemoryPolicy.Sparse policy, int kvHeads) {
        this(slice, slice.run.memory().retrieval().orElseThrow(), kvHeads, policy.topK());
    }

    private SliceRetrieval(RunSlice slice, RetrievalMemory memory, int kvHeads, int topK) {
        this(slice, memory, new GroupChoices(memory.choices(), kvHeads, topK), new MemorySegment[kvHeads]);
    }

    /** Number of the session's blocks that are full after the slice. */
    int fullBlocks() {
        return (slice.position(slice.tokens - 1) + 1) / KvLayout.BLOCK;
    }

    /** Makes a layer the one in work. */
    void begin(int layer) {
        for (int kvHead = 0; kvHead < summaries.length; kvHead++) {
            summaries[kvHead] = memory.summaries(layer, kvHead, fullBlocks());
        }
    }

    /** Takes over the choice of a group that an earlier run began, and keeps that of the last group for later runs. */
    void carryChoices(int layer) {
        if (slice.queryGroups.isEmpty()) {
            return;
        }
        QueryGroup first = slice.queryGroups.getFirst();
        if (!first.begins()) {
            for (int kvHead = 0; kvHead < summaries.length; kvHead++) {
                first.chosen[kvHead] = choices.blocks(layer, kvHead);
            }
        }
        QueryGroup last = slice.queryGroups.getLast();
        if (last.begins()) {
            choices.put(layer, last.start, last.chosen);
        }
    }
}
