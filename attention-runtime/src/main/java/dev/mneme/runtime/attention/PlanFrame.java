package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.KvLayout;

/**
 * What the position alone decides about a sparse plan: sinks are the blocks below {@code sinks}, the local window goes
 * from block {@code firstLocal} to the query's own, and the blocks in between can be retrieved.
 *
 * @param sinks      number of sink blocks
 * @param firstLocal first block of the local window
 * @param own        the queries' own block
 * @param retrieved  how many blocks in between are part of the plan
 */
public record PlanFrame(int sinks, int firstLocal, int own, int retrieved) {
    /** The frame at a position past the model's window, so far that the parts do not overlap. */
    public static PlanFrame of(MemoryPolicy.Sparse policy, int position) {
        int own = position / KvLayout.BLOCK;
        return new PlanFrame(
                policy.sinks() / KvLayout.BLOCK, own - policy.window() / KvLayout.BLOCK, own, policy.topK());
    }

    /** Number of blocks that can be retrieved: those from {@link #sinks} on. */
    public int candidates() {
        return firstLocal - sinks;
    }

    /** Number of blocks of the plan. */
    public int size() {
        return sinks + retrieved + own - firstLocal + 1;
    }
}
