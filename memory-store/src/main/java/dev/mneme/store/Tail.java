package dev.mneme.store;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The unfinished last block of a session, as it is kept between turns. The store looks at none of it.
 */
public final class Tail {
    private final BlockKey previous;
    private final int firstPosition;
    private final int[] ids;
    private final List<MemorySegment> groups;

    /**
     * @param previous key of the sealed block before it, or whatever stands for none
     * @param firstPosition token position of the block's first row
     * @param ids the tokens whose rows are in the payload
     * @param groups one payload for each layer group; only read during {@link TailStore#write}
     */
    public Tail(BlockKey previous, int firstPosition, int[] ids, List<MemorySegment> groups) {
        if (firstPosition < 0) {
            throw new IllegalArgumentException("A tail starts at a position from 0 on, not " + firstPosition);
        }
        this.previous = previous;
        this.firstPosition = firstPosition;
        this.ids = ids.clone();
        this.groups = List.copyOf(groups);
    }

    public BlockKey previous() {
        return previous;
    }

    public int firstPosition() {
        return firstPosition;
    }

    public int[] ids() {
        return ids.clone();
    }

    /** Payloads; of a tail that was read they are 64-byte aligned, and live as long as they are reachable. */
    public List<MemorySegment> groups() {
        return groups;
    }
}
