package dev.mneme.runtime.attention;

import java.util.Arrays;

/**
 * The ordered list of blocks that a query attends to, each with its distance in blocks: a query at
 * offset {@code o} of its own block stands {@code 64 * distance + o} positions after the first key
 * of the block. The query's own block has distance 0 and comes last. Dense attention lists every
 * block with its true distance. Splits, the unit of parallel work, are {@value #SPLIT} consecutive
 * entries, counted from the start.
 */
public final class AttentionPlan {
    /** Blocks in a split. */
    public static final int SPLIT = 8;

    private final int[] blocks;
    private final int[] distances;

    private AttentionPlan(int[] blocks, int[] distances) {
        this.blocks = blocks;
        this.distances = distances;
    }

    /** All blocks from {@code first} to the query's own, at their true distances. */
    public static AttentionPlan dense(int first, int own) {
        int[] blocks = new int[own - first + 1];
        int[] distances = new int[blocks.length];
        Arrays.setAll(blocks, i -> first + i);
        Arrays.setAll(distances, i -> own - first - i);
        return new AttentionPlan(blocks, distances);
    }

    /** First block that a query at this position sees through a window (0: no window). */
    public static int firstBlock(int position, int window) {
        return window == 0 ? 0 : Math.max(0, position - window + 1) / 64;
    }

    /** Number of blocks. */
    public int size() {
        return blocks.length;
    }

    /** Number of splits. */
    public int splits() {
        return (blocks.length + SPLIT - 1) / SPLIT;
    }

    /** Absolute block number of an entry. */
    public int block(int entry) {
        return blocks[entry];
    }

    /** Distance of an entry, in blocks. */
    public int distance(int entry) {
        return distances[entry];
    }
}
