package dev.mneme.runtime.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A {@link RetrievalMemory} in plain native memory that grows chunk by chunk. For one engine thread. */
public final class RetrievalArrays implements RetrievalMemory, AutoCloseable {
    private final KvLayout layout;
    private final long chunkBytes;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final MemorySegment choices;

    /** Empty memory for a session with blocks of this layout whose choices have {@code keptBlocks} blocks a KV head. */
    public RetrievalArrays(KvLayout layout, int keptBlocks) {
        this.layout = layout;
        SummaryLayout summaries = SummaryLayout.of(layout);
        chunkBytes = summaries.bytes();
        choices = arena.allocate(Math.max(1, GroupChoices.bytes(summaries.layers(), layout.kvHeads(), keptBlocks)), 64);
    }

    /**
     * The first {@code blocks} summaries, without choices, which will have {@code keptBlocks} blocks a KV head. Full chunks
     * are shared: the fork is closed first. Where a dense policy left no summaries, the fork has none either.
     */
    RetrievalArrays fork(int blocks, int keptBlocks) {
        RetrievalArrays fork = new RetrievalArrays(layout, keptBlocks);
        int full = blocks / SummaryLayout.BLOCKS;
        fork.chunks.addAll(chunks.subList(0, Math.min(full, chunks.size())));
        if (blocks % SummaryLayout.BLOCKS > 0 && chunks.size() > full) {
            fork.openSummaries(full, 0).copyFrom(openSummaries(full, 0));
        }
        return fork;
    }

    @Override
    public MemorySegment sealedSummaries(int chunk) {
        return chunks.get(chunk);
    }

    @Override
    public MemorySegment openSummaries(int chunk, int blocks) {
        while (chunks.size() <= chunk) {
            chunks.add(arena.allocate(chunkBytes, 64));
        }
        return chunks.get(chunk);
    }

    @Override
    public MemorySegment choices() {
        return choices;
    }

    @Override
    public void close() {
        arena.close();
    }
}
