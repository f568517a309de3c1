package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Native buffers for blocks that are being written, one payload per layer group, recycled. Buffers are handed out
 * zeroed: what one session wrote is never seen by another, not even in the unused rows of a tail file. Thread-safe.
 */
public final class BlockBuffers {
    private static final int ALIGNMENT = 64;
    /**
     * What is kept for the next blocks. One that is not kept is freed by some garbage collection, and comes back to the system
     * later yet: so as much as a few sessions need that read at once.
     */
    private static final long KEPT_BYTES = 128L << 20;
    private static final int LEAST_KEPT = 32;

    private final KvLayout layout;
    private final int kept;
    private final Deque<MemorySegment[]> free = new ArrayDeque<>();

    /** Buffers for blocks of this layout. */
    public BlockBuffers(KvLayout layout) {
        this.layout = layout;
        this.kept = (int) Math.max(LEAST_KEPT, KEPT_BYTES / (layout.bytesPerToken() * KvLayout.BLOCK));
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
        MemorySegment[] payloads = new MemorySegment[layout.groups().size()];
        for (int group = 0; group < payloads.length; group++) {
            payloads[group] = arena.allocate(layout.groupBytes(group), ALIGNMENT);
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
