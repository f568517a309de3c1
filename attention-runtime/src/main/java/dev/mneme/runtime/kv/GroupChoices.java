package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The blocks that a session's current query group retrieves. A group may be cut by the end of a run, and its later
 * queries use what its first one chose, so this is part of the session's memory, as the unfinished block is.
 *
 * <p>Little-endian 32-bit integers, for each layer of group 0: the position of the group's first query, then the blocks
 * {@code [kvHeads][topK]}, ascending. Zeros: no group yet.
 *
 * @param bytes  where they are kept
 * @param kvHeads KV heads of a layer
 * @param topK   blocks that a KV head retrieves
 */
public record GroupChoices(MemorySegment bytes, int kvHeads, int topK) {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Bytes that a session needs for {@code layers} layers. */
    public static long bytes(int layers, int kvHeads, int topK) {
        return (long) Integer.BYTES * layers * (1 + kvHeads * topK);
    }

    /** First position of the group whose blocks are kept for a layer. */
    public int start(int layer) {
        return bytes.getAtIndex(INT, record(layer));
    }

    /** The blocks of a KV head. */
    public int[] blocks(int layer, int kvHead) {
        int[] blocks = new int[topK];
        MemorySegment.copy(bytes, INT, Integer.BYTES * (record(layer) + 1 + (long) kvHead * topK), blocks, 0, topK);
        return blocks;
    }

    /** Replaces what a layer keeps by the blocks of another group, by KV head. */
    public void put(int layer, int start, int[][] blocks) {
        bytes.setAtIndex(INT, record(layer), start);
        for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
            MemorySegment.copy(
                    blocks[kvHead], 0, bytes, INT, Integer.BYTES * (record(layer) + 1 + (long) kvHead * topK), topK);
        }
    }

    private long record(int layer) {
        return (long) layer * (1 + kvHeads * topK);
    }
}
