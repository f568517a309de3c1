package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * One session's keys and values as the forward pass sees them during a step. Asked on the engine
 * thread only; the segments are read and written by compute threads until the step returns, so they
 * must be native memory that every thread may access, aligned to 64 bytes and at least
 * {@link KvLayout#groupBytes} long.
 */
public interface KvMemory {
    /** Layout of every segment given out here. */
    KvLayout layout();

    /**
     * Payload of a full block that lies before the run's first block, read only. May also be asked
     * for the session's last block if the run starts exactly behind it.
     */
    MemorySegment sealed(int block, int group);

    /**
     * Payload of a block that holds a position of the run: the first one may already hold earlier
     * tokens. Written in place, in the layout of a full block.
     */
    MemorySegment open(int block, int group);

    /** What a session with a sparse policy keeps besides; a session without one that is asked to go past the window is refused. */
    default Optional<RetrievalMemory> retrieval() {
        return Optional.empty();
    }
}
