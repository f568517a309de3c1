package dev.mneme.runtime.attention;

import java.util.Arrays;
import java.util.Collection;

/** Blocks that are in every plan past the window, whatever the queries ask for. Immutable, ascending, each once. */
public final class PinnedBlocks {
    /** No pins. */
    public static final PinnedBlocks NONE = new PinnedBlocks(new int[0]);

    private final int[] blocks;

    private PinnedBlocks(int[] blocks) {
        this.blocks = blocks;
    }

    /** These blocks, in any order. */
    public static PinnedBlocks of(Collection<Integer> blocks) {
        return of(blocks.stream().mapToInt(Integer::intValue).toArray());
    }

    /** These blocks, in any order. */
    public static PinnedBlocks of(int... blocks) {
        if (Arrays.stream(blocks).anyMatch(block -> block < 0)) {
            throw new MemoryPolicyException("memory policy: a block before the first cannot be pinned");
        }
        return blocks.length == 0 ? NONE : new PinnedBlocks(Arrays.stream(blocks).sorted().distinct().toArray());
    }

    /** Those from {@code first} on and below {@code end}. */
    PinnedBlocks between(int first, int end) {
        int[] some = Arrays.stream(blocks).filter(block -> block >= first && block < end).toArray();
        return some.length == 0 ? NONE : new PinnedBlocks(some);
    }

    /** How many there are. */
    public int size() {
        return blocks.length;
    }

    /** The number of the {@code index}-th block, from 0. */
    public int block(int index) {
        return blocks[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PinnedBlocks pins && Arrays.equals(blocks, pins.blocks);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blocks);
    }

    @Override
    public String toString() {
        return Arrays.toString(blocks);
    }
}
