package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.PlanFrame;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.RopeTable;
import dev.mneme.runtime.kv.BlockPayload;

/**
 * Consecutive query positions past the window that share the choice of blocks: R of them, from a multiple of R on, of
 * which a slice may hold a part. What is chosen belongs to the global layer in work and is replaced by the next one.
 */
final class QueryGroup {
    final MemoryPolicy.Sparse policy;
    /** Position of the group's first query. */
    final int start;
    final PlanFrame frame;
    private final RunSlice slice;
    /** By KV head: what is compared by its keys, what the first stage found or an earlier group's shortlist, ascending. */
    int[][] candidates = new int[0][];
    /** By KV head: what later groups of the survey choose from, ascending. */
    int[][] shortlist = new int[0][];
    /** By KV head: the blocks that are retrieved, ascending. */
    int[][] chosen = new int[0][];
    private AttentionPlan[] plans = new AttentionPlan[0];
    private BlockPayload[][] payloads = new BlockPayload[0][];
    private RopePage[] pages = new RopePage[0];

    QueryGroup(RunSlice slice, MemoryPolicy.Sparse policy, int start) {
        this.slice = slice;
        this.policy = policy;
        this.start = start;
        this.frame = PlanFrame.of(policy, start);
    }

    /** Makes room for the choices of this many KV heads; nothing is chosen yet. */
    void begin(int kvHeads, RopeTable ropeTable) {
        candidates = new int[kvHeads][0];
        shortlist = new int[kvHeads][0];
        chosen = new int[kvHeads][0];
        plans = new AttentionPlan[kvHeads];
        payloads = new BlockPayload[kvHeads][];
        pages = new RopePage[frame.size()];
        for (int entry = 0; entry < pages.length; entry++) {
            pages[entry] = ropeTable.page(pages.length - 1 - entry);
        }
    }

    /** Whether the slice holds the group's first query. */
    boolean begins() {
        return start >= slice.position(0);
    }

    /** Whether a survey begins with the group, in the slice. */
    boolean surveys() {
        return begins() && start == policy.surveyStart(start);
    }

    RunSlice slice() {
        return slice;
    }

    /** The step's row of the first query. */
    int firstRow() {
        return slice.row + start - slice.position(0);
    }

    /** Makes plans of what was chosen. Engine thread. */
    void plan() {
        slice.expect(chosen);
        for (int kvHead = 0; kvHead < chosen.length; kvHead++) {
            AttentionPlan plan = AttentionPlan.packed(frame, chosen[kvHead]);
            plans[kvHead] = plan;
            payloads[kvHead] = payloads(plan.blocks());
        }
    }

    private BlockPayload[] payloads(int[] blocks) {
        BlockPayload[] found = new BlockPayload[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            found[i] = slice.planned(blocks[i], frame.own());
        }
        return found;
    }

    /** Queries of the group with the plan of a KV head in the layer in work. */
    AttentionTile tile(int row, int tokens, int offset, int kvHead) {
        return new AttentionTile(row, tokens, offset, plans[kvHead], payloads[kvHead], pages);
    }
}
