package dev.mneme.runtime.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A {@link RetrievalMemory} in plain native memory whose arrays grow by doubling. For one engine thread. */
public final class RetrievalArrays implements RetrievalMemory, AutoCloseable {
    private static final int FIRST_BLOCKS = 64;

    private final KvLayout layout;
    private final int kvHeads;
    private final int summaryBytes;
    private final Array[] summaries;
    private final Arena choicesArena = Arena.ofShared();
    private final MemorySegment choices;

    private record Array(Arena arena, MemorySegment segment) {
        static Array of(long bytes) {
            Arena arena = Arena.ofShared();
            return new Array(arena, arena.allocate(bytes, 64));
        }

        Array grown(long bytes) {
            Array larger = of(bytes);
            larger.segment.copyFrom(segment);
            arena.close();
            return larger;
        }
    }

    /** Empty memory for a session with blocks of this layout that retrieves {@code topK} blocks. */
    public RetrievalArrays(KvLayout layout, int topK) {
        this.layout = layout;
        int layers = layout.groups().getFirst().layers().size();
        kvHeads = layout.kvHeads();
        summaryBytes = BlockSummary.bytes(layout.headDim());
        summaries = new Array[layers * kvHeads];
        for (int i = 0; i < summaries.length; i++) {
            summaries[i] = Array.of((long) FIRST_BLOCKS * summaryBytes);
        }
        choices = choicesArena.allocate(Math.max(1, GroupChoices.bytes(layers, kvHeads, topK)), 64);
    }

    /** A copy of the first {@code blocks} summaries, without choices, for a policy that retrieves {@code topK} blocks. */
    RetrievalArrays copy(int blocks, int topK) {
        RetrievalArrays copy = new RetrievalArrays(layout, topK);
        long bytes = (long) blocks * summaryBytes;
        for (int i = 0; i < summaries.length; i++) {
            MemorySegment from = summaries(i / kvHeads, i % kvHeads, blocks);
            MemorySegment.copy(from, 0, copy.summaries(i / kvHeads, i % kvHeads, blocks), 0, bytes);
        }
        return copy;
    }

    @Override
    public MemorySegment summaries(int layer, int kvHead, int blocks) {
        int index = layer * kvHeads + kvHead;
        long needed = (long) blocks * summaryBytes;
        if (summaries[index].segment.byteSize() < needed) {
            summaries[index] = summaries[index].grown(Math.max(needed, 2 * summaries[index].segment.byteSize()));
        }
        return summaries[index].segment;
    }

    @Override
    public MemorySegment choices() {
        return choices;
    }

    @Override
    public void close() {
        for (Array array : summaries) {
            array.arena.close();
        }
        choicesArena.close();
    }
}
