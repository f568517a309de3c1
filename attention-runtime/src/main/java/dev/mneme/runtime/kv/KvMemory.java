package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * One session's keys and values as the forward pass sees them during a step. Asked on the engine
 * thread only; the segments are read and written by compute threads until the step returns, so they
 * must be native memory that every thread may access, aligned to 64 bytes and at least
 * {@link KvLayout#groupBytes} long in the block's format.
 */
public interface KvMemory {
    /** Layout of every sealed block whose {@link #format} is no other one. */
    KvLayout layout();

    /** Format in which a block is sealed. May differ from block to block; of one block it never changes. */
    default KvFormat format(int block) {
        return layout().format();
    }

    /**
     * Payload of a full block that lies before the run's first block, read only. May also be asked
     * for the session's last block if the run starts exactly behind it.
     */
    MemorySegment sealed(int block, int group);

    /** What a block that {@link #sealed} gives is known by, so that a device can keep its copy; empty if nobody knows. */
    default Optional<BlockName> name(int block) {
        return Optional.empty();
    }

    /**
     * Says that these blocks will be asked for by {@link #sealed} next, so that a memory that has to fetch them can do so
     * side by side.
     */
    default void expect(List<Integer> blocks) {
    }

    /**
     * Payload of a block that holds a position of the run: the first one may already hold earlier
     * tokens. Written in place, in the layout of a full block of the format's {@link KvFormat#written} format.
     */
    MemorySegment open(int block, int group);

    /**
     * Where the sealed payload goes of a block that the run fills, if its format is a quantized one: it is written when
     * the block's last token is, and read for the run's later blocks. Blocks of other formats are sealed as they are.
     */
    default MemorySegment sealing(int block, int group) {
        throw new UnsupportedOperationException("this memory has no room to seal a block of format " + format(block));
    }

    /** What a session with a sparse policy keeps besides; a session without one that is asked to go past the window is refused. */
    default Optional<RetrievalMemory> retrieval() {
        return Optional.empty();
    }
}
