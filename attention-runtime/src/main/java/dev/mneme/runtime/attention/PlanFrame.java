package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.KvLayout;
import java.util.BitSet;

/**
 * What position and policy alone decide about a sparse plan: sinks are the blocks below {@code sinks}, the local window
 * goes from block {@code firstLocal} to the query's own, and of the blocks in between the pinned ones are in the plan and
 * the others can be retrieved.
 *
 * @param sinks      number of sink blocks
 * @param pins       pinned blocks in between
 * @param firstLocal first block of the local window
 * @param own        the queries' own block
 * @param retrieved  how many blocks in between are part of the plan beside the pinned ones
 */
public record PlanFrame(int sinks, PinnedBlocks pins, int firstLocal, int own, int retrieved) {
    /** The frame at a position past the model's window, so far that the parts do not overlap. */
    public static PlanFrame of(MemoryPolicy.Sparse policy, int position) {
        int own = position / KvLayout.BLOCK;
        int sinks = policy.sinks() / KvLayout.BLOCK;
        int firstLocal = own - policy.window() / KvLayout.BLOCK;
        return new PlanFrame(sinks, policy.pins().between(sinks, firstLocal), firstLocal, own, policy.topK());
    }

    /** Number of blocks in between, pinned or not: those from {@link #sinks} on. */
    public int candidates() {
        return firstLocal - sinks;
    }

    /** Some of the blocks that can be retrieved, and the block after each of them as far as that can be; ascending. */
    public int[] withFollowing(int[] blocks) {
        BitSet all = new BitSet(firstLocal + 1);
        for (int block : blocks) {
            all.set(block, block + 2);
        }
        all.clear(firstLocal);
        for (int pin = 0; pin < pins.size(); pin++) {
            all.clear(pins.block(pin));
        }
        return all.stream().toArray();
    }

    /** Number of blocks of the plan. */
    public int size() {
        return sinks + pins.size() + retrieved + own - firstLocal + 1;
    }
}
