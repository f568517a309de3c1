package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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
        this.choices = new GroupChoices(memory.choices(), kvHeads, policy.topK(), policy.shortlist());
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

    /** Number of the session's blocks that are compared by the last survey that begins in the slice. */
    private int scanned() {
        return slice.queryGroups.stream()
                .filter(group -> group.surveys() && group.policy.topK() > 0)
                .mapToInt(group -> group.frame.firstLocal())
                .max()
                .orElse(0);
    }

    RunSlice slice() {
        return slice;
    }

    MemorySegment chunk(int chunk) {
        return chunks[chunk];
    }

    /** Gives the shortlists of the surveys, of which an earlier run may have made the first, to their later groups. */
    void shareShortlists(int layer) {
        int[][] shortlist = null;
        for (QueryGroup group : slice.queryGroups) {
            if (group.surveys()) {
                shortlist = group.shortlist;
            } else if (group.begins()) {
                shortlist = shortlist == null ? kept(kvHead -> choices.shortlist(layer, kvHead)) : shortlist;
                group.shortlist = shortlist;
                group.candidates = shortlist;
            }
        }
    }

    /** Takes over the choice of a group that an earlier run began, and keeps that of the last group for later runs. */
    void carryChoices(int layer) {
        if (slice.queryGroups.isEmpty()) {
            return;
        }
        QueryGroup first = slice.queryGroups.getFirst();
        if (!first.begins()) {
            first.chosen = kept(kvHead -> choices.blocks(layer, kvHead));
        }
        QueryGroup last = slice.queryGroups.getLast();
        if (last.begins()) {
            choices.put(layer, last.start, last.chosen, last.shortlist);
        }
    }

    private int[][] kept(IntFunction<int[]> ofKvHead) {
        return IntStream.range(0, kvHeads).mapToObj(ofKvHead).toArray(int[][]::new);
    }
}
