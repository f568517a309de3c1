package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The blocks that a session's current query group retrieves, and the shortlist that its survey left. A group or a survey may be
 * cut by the end of a run, and later queries use what an earlier one chose, so this is part of the session's memory, as the
 * unfinished block is.
 *
 * <p>Little-endian 32-bit integers, for each layer of group 0: the position of the group's first query, then by KV head the
 * chosen blocks {@code [topK]}, then by KV head the shortlist {@code [shortlist]}, ascending, what is left of its room -1. Zeros: no
 * group yet.
 *
 * @param bytes     where they are kept
 * @param kvHeads   KV heads of a layer
 * @param topK      blocks that a KV head retrieves
 * @param shortlist blocks that its shortlist has at most
 */
public record GroupChoices(MemorySegment bytes, int kvHeads, int topK, int shortlist) {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int NO_BLOCK = -1;

    /** Bytes that a session needs for {@code layers} layers, where a KV head keeps so many blocks, chosen ones and shortlist. */
    public static long bytes(int layers, int kvHeads, int keptBlocks) {
        return (long) Integer.BYTES * layers * (1 + kvHeads * keptBlocks);
    }

    /** Whether they are those of the group that starts at this position, in each of {@code layers} layers. */
    public boolean areOf(int start, int layers) {
        return IntStream.range(0, layers).allMatch(layer -> bytes.getAtIndex(INT, record(layer)) == start);
    }

    /** The chosen blocks of a KV head. */
    public int[] blocks(int layer, int kvHead) {
        return read(chosenAt(layer, kvHead), topK);
    }

    /** The shortlist of a KV head. */
    public int[] shortlist(int layer, int kvHead) {
        return Arrays.stream(read(shortlistAt(layer, kvHead), shortlist)).takeWhile(block -> block != NO_BLOCK).toArray();
    }

    /** Replaces what a layer keeps by the blocks of another group and its survey's shortlist, by KV head. */
    public void put(int layer, int start, int[][] blocks, int[][] shortlists) {
        bytes.setAtIndex(INT, record(layer), start);
        for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
            write(blocks[kvHead], chosenAt(layer, kvHead), topK);
            write(shortlists[kvHead], shortlistAt(layer, kvHead), shortlist);
        }
    }

    private int[] read(long at, int count) {
        int[] blocks = new int[count];
        MemorySegment.copy(bytes, INT, Integer.BYTES * at, blocks, 0, count);
        return blocks;
    }

    private void write(int[] blocks, long at, int room) {
        MemorySegment.copy(blocks, 0, bytes, INT, Integer.BYTES * at, blocks.length);
        for (int rest = blocks.length; rest < room; rest++) {
            bytes.setAtIndex(INT, at + rest, NO_BLOCK);
        }
    }

    private long record(int layer) {
        return (long) layer * (1 + kvHeads * (topK + shortlist));
    }

    private long chosenAt(int layer, int kvHead) {
        return record(layer) + 1 + (long) kvHead * topK;
    }

    private long shortlistAt(int layer, int kvHead) {
        return chosenAt(layer, kvHeads) + (long) kvHead * shortlist;
    }
}
