package dev.mneme.app;

import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The memory of a text far longer than was ever read: the blocks of a short one, over and over. Summaries have a place of
 * their own for every block, since all of them are scanned; blocks have as many places as no cache holds, since few of
 * them are retrieved. For one engine thread.
 */
final class SynthesizedMemory implements KvMemory, RetrievalMemory, AutoCloseable {
    /** Tokens of the short text: one chunk of summaries. */
    static final int TEXT = SummaryLayout.BLOCKS * KvLayout.BLOCK;

    private static final long ALIGNMENT = 64;
    private static final long PLACES_BYTES = 1L << 30;

    private final KvLayout layout;
    private final Arena arena = Arena.ofShared();
    private final List<List<MemorySegment>> places = new ArrayList<>();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final List<Map<Integer, MemorySegment>> open = new ArrayList<>();
    private final List<Map<Integer, MemorySegment>> sealing = new ArrayList<>();
    private final MemorySegment choices;

    /**
     * Memory of so many blocks.
     *
     * @param text {@link #TEXT} tokens that were read with a sparse policy
     * @param keptBlocks blocks that the policy keeps between runs, for a KV head
     */
    SynthesizedMemory(KvArrays text, int blocks, int keptBlocks) {
        layout = text.layout();
        for (int group = 0; group < layout.groups().size(); group++) {
            places.add(placesOf(text, group, blocks));
            open.add(new HashMap<>());
            sealing.add(new HashMap<>());
        }
        SummaryLayout summaries = SummaryLayout.of(layout);
        RetrievalMemory written = text.retrieval().orElseThrow();
        // One more for the blocks that are written when the measurement goes on from there.
        for (int chunk = 0; chunk <= blocks / SummaryLayout.BLOCKS + 1; chunk++) {
            chunks.add(copy(written.sealedSummaries(0), summaries.bytes()));
        }
        choices = arena.allocate(GroupChoices.bytes(summaries.layers(), layout.kvHeads(), keptBlocks), ALIGNMENT);
    }

    /** Layers with a native window read its few blocks again and again; only the others wander. */
    private List<MemorySegment> placesOf(KvArrays text, int group, int blocks) {
        long bytes = layout.groupBytes(group);
        long most = layout.groups().get(group).window() > 0 ? SummaryLayout.BLOCKS : PLACES_BYTES / bytes;
        long count = Math.max(SummaryLayout.BLOCKS, Math.min(blocks, most));
        List<MemorySegment> found = new ArrayList<>();
        for (int place = 0; place < count; place++) {
            found.add(copy(text.sealed(place % SummaryLayout.BLOCKS, group), bytes));
        }
        return found;
    }

    private MemorySegment copy(MemorySegment source, long bytes) {
        return arena.allocate(bytes, ALIGNMENT).copyFrom(source.asSlice(0, bytes));
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        List<MemorySegment> of = places.get(group);
        return of.get(block % of.size());
    }

    @Override
    public MemorySegment open(int block, int group) {
        return open.get(group)
                .computeIfAbsent(block, _ -> arena.allocate(layout.written().groupBytes(group), ALIGNMENT));
    }

    @Override
    public MemorySegment sealing(int block, int group) {
        return sealing.get(group).computeIfAbsent(block, _ -> arena.allocate(layout.groupBytes(group), ALIGNMENT));
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(this);
    }

    @Override
    public MemorySegment sealedSummaries(int chunk) {
        return chunks.get(chunk);
    }

    @Override
    public MemorySegment openSummaries(int chunk, int blocks) {
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
