package dev.mneme.runtime.attention;

import java.util.Arrays;

/**
 * The ordered list of blocks that a query attends to, each with its distance in blocks: a query at
 * offset {@code o} of its own block stands {@code 64 * distance + o} positions after the first key
 * of the block. The query's own block has distance 0 and comes last. Dense attention lists every
 * block with its true distance; a plan past the window lists some, at distances that count along the plan. Splits, the unit of parallel work, are {@value #SPLIT} consecutive
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

    /**
     * The frame's sinks, then pinned and retrieved blocks, then the local window, ascending. Distances count along the
     * plan, so that a query stands no further from any key than the plan is long.
     *
     * @param retrieved as many blocks between sinks and local window as the frame says, ascending, none of them pinned
     */
    public static AttentionPlan packed(PlanFrame frame, int[] retrieved) {
        int[] blocks = new int[frame.size()];
        int[] distances = new int[blocks.length];
        int far = frame.pins().size() + frame.retrieved();
        int firstLocalEntry = frame.sinks() + far;
        Arrays.setAll(blocks, i -> i < frame.sinks() ? i : frame.firstLocal() + i - firstLocalEntry);
        for (int i = 0; i < far; i++) {
            blocks[frame.sinks() + i] = i < frame.pins().size() ? frame.pins().block(i) : retrieved[i - frame.pins().size()];
        }
        Arrays.sort(blocks, frame.sinks(), firstLocalEntry);
        Arrays.setAll(distances, i -> blocks.length - 1 - i);
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
        return splits(blocks.length);
    }

    /** Number of splits of a plan with this many blocks. */
    public static int splits(int blocks) {
        return (blocks + SPLIT - 1) / SPLIT;
    }

    /** Absolute block number of an entry. */
    public int block(int entry) {
        return blocks[entry];
    }

    /** Absolute block numbers of all entries, in order. */
    public int[] blocks() {
        return blocks.clone();
    }

    /** Distance of an entry, in blocks. */
    public int distance(int entry) {
        return distances[entry];
    }
}
