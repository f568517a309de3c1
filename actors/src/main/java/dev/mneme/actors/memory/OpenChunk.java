package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A chunk of summaries in a buffer of our own, and which blocks' are in it. Each turn has one: left to the garbage collector
 * they would wait for it by the dozen, and the process be as large as the most that ever waited. For the engine thread.
 */
final class OpenChunk {
    private final BlockBuffers buffers;
    private final MemorySegment[] buffer;
    private final BitSet rows = new BitSet(SummaryLayout.BLOCKS);
    private CompletionStage<?> read = CompletableFuture.completedStage(null);

    OpenChunk(BlockBuffers buffers) {
        this.buffers = buffers;
        this.buffer = buffers.acquire();
    }

    MemorySegment bytes() {
        return buffer[0];
    }

    /** Which of its blocks' summaries are in it. */
    BitSet rows() {
        return rows;
    }

    boolean isFull() {
        return rows.cardinality() == SummaryLayout.BLOCKS;
    }

    /** Says that the store reads the bytes until {@code stored} completes. */
    void readUntil(CompletionStage<?> stored) {
        read = stored;
    }

    /** Gives the buffer back, as soon as the store has read it; nobody else reads it any more. */
    void release() {
        CompletionStage<?> unused = read.whenComplete((_, _) -> buffers.release(buffer));
    }
}
