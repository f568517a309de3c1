package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.MemorySegment;

/** A slice's side of its session's {@link RetrievalMemory}: its choices, and the chunks of summaries that it needs. */
final class SliceRetrieval {
    private final RunSlice slice;
    private final int kvHeads;
    private final GroupChoices choices;
    private final MemorySegment[] chunks;

    /** Asks the session for its memory; engine thread. */
    SliceRetrieval(RunSlice slice, MemoryPolicy.Sparse policy, int kvHeads) {
        this.slice = slice;
        this.kvHeads = kvHeads;
        RetrievalMemory memory = slice.run.memory().retrieval().orElseThrow();
        this.choices = new GroupChoices(memory.choices(), kvHeads, policy.topK());
        this.chunks = new MemorySegment[chunks(Math.max(slice.fullBlocks(), scanned()))];
        int firstFilled = slice.firstOwnBlock() / SummaryLayout.BLOCKS;
        for (int chunk = scanned() > 0 ? 0 : firstFilled; chunk < chunks.length; chunk++) {
            chunks[chunk] = fetch(memory, chunk);
        }
    }

    private MemorySegment fetch(RetrievalMemory memory, int chunk) {
        int before = slice.run.position() / KvLayout.BLOCK - chunk * SummaryLayout.BLOCKS;
        return before >= SummaryLayout.BLOCKS
                ? memory.sealedSummaries(chunk)
                : memory.openSummaries(chunk, Math.max(0, before));
    }

    private static int chunks(int blocks) {
        return (blocks + SummaryLayout.BLOCKS - 1) / SummaryLayout.BLOCKS;
    }

    /** Number of the session's blocks that are compared by the slice's last group, if that begins in it. */
    private int scanned() {
        if (slice.queryGroups.isEmpty()) {
            return 0;
        }
        QueryGroup last = slice.queryGroups.getLast();
        return last.begins() && last.policy.topK() > 0 ? last.frame.firstLocal() : 0;
    }

    RunSlice slice() {
        return slice;
    }

    MemorySegment chunk(int chunk) {
        return chunks[chunk];
    }

    /** Takes over the choice of a group that an earlier run began, and keeps that of the last group for later runs. */
    void carryChoices(int layer) {
        if (slice.queryGroups.isEmpty()) {
            return;
        }
        QueryGroup first = slice.queryGroups.getFirst();
        if (!first.begins()) {
            for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
                first.chosen[kvHead] = choices.blocks(layer, kvHead);
            }
        }
        QueryGroup last = slice.queryGroups.getLast();
        if (last.begins()) {
            choices.put(layer, last.start, last.chosen);
        }
    }
}
