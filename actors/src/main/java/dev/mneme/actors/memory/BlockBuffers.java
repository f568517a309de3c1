package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;

/**
 * Native buffers for blocks that are being written, one payload per layer group, and for chunks of their summaries, recycled.
 * Buffers are handed out zeroed: what one session wrote is never seen by another, not even in the unused rows of a tail file. Thread-safe.
 */
public final class BlockBuffers {
    private static final int ALIGNMENT = 64;
    /**
     * What is kept for the next blocks. One that is not kept is freed by some garbage collection, and comes back to the system
     * later yet: so as much as a few sessions need that read at once.
     */
    private static final long KEPT_BYTES = 128L << 20;
    private static final int LEAST_KEPT = 32;

    private final long[] payloadBytes;
    private final int kept;
    private final Deque<MemorySegment[]> free = new ArrayDeque<>();

    private BlockBuffers(long[] payloadBytes, int kept) {
        this.payloadBytes = payloadBytes;
        this.kept = kept;
    }

    /** Buffers for blocks of this layout. */
    static BlockBuffers ofBlocks(KvLayout layout) {
        return new BlockBuffers(
                IntStream.range(0, layout.groups().size()).mapToLong(layout::groupBytes).toArray(),
                (int) Math.max(LEAST_KEPT, KEPT_BYTES / (layout.bytesPerToken() * KvLayout.BLOCK)));
    }

    /** Buffers for chunks of this layout, one payload each: a turn needs one, more only to make lost ones again. */
    static BlockBuffers ofChunks(SummaryLayout layout) {
        return new BlockBuffers(new long[] {layout.bytes()}, LEAST_KEPT);
    }

    MemorySegment[] acquire() {
        MemorySegment[] buffer = take();
        for (MemorySegment payload : buffer) {
            payload.fill((byte) 0);
        }
        return buffer;
    }

    private MemorySegment[] take() {
        synchronized (free) {
            MemorySegment[] recycled = free.poll();
            if (recycled != null) {
                return recycled;
            }
        }
        // Automatic: a buffer that a cut-off turn still holds is reclaimed with it, never under a reader.
        Arena arena = Arena.ofAuto();
        MemorySegment[] payloads = new MemorySegment[payloadBytes.length];
        for (int group = 0; group < payloads.length; group++) {
            payloads[group] = arena.allocate(payloadBytes[group], ALIGNMENT);
        }
        return payloads;
    }

    void release(MemorySegment[] buffer) {
        synchronized (free) {
            if (free.size() < kept) {
                free.push(buffer);
            }
        }
    }
}
