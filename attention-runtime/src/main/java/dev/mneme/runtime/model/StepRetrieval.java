package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.RopeTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step does for attention past the window: in each global layer it summarises the blocks that it fills, and
 * chooses blocks for the query groups that it begins.
 *
 * @param slices    slices of sessions with a sparse policy
 * @param filled    blocks of these that the step makes full
 * @param groups    their query groups
 * @param beginning the groups whose first query is in the step, where blocks are retrieved at all
 * @param waves     these, as they are scored
 */
record StepRetrieval(
        List<SliceRetrieval> slices, List<SummarisedBlock> filled, List<QueryGroup> groups,
        List<BeginningGroup> beginning, List<ScanWave> waves) {
    /** A step without sparse policies. */
    static final StepRetrieval NONE = new StepRetrieval(List.of(), List.of(), List.of(), List.of(), List.of());

    /** A block that gets its last token in the step. */
    record SummarisedBlock(SliceRetrieval slice, int block) {}

    /** A group whose first query is in the step. */
    record BeginningGroup(SliceRetrieval slice, QueryGroup group) {}

    static StepRetrieval of(Step step, ModelSpec spec, RopeTable ropeTable) {
        StepRetrieval retrieval = new StepRetrieval(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (RunSlice slice : step.slices()) {
            if (slice.run.policy() instanceof MemoryPolicy.Sparse sparse) {
                retrieval.add(new SliceRetrieval(slice, sparse, spec.kvHeads()), spec.kvHeads(), ropeTable);
            }
        }
        retrieval.waves.addAll(ScanWave.of(retrieval.beginning, spec.heads()));
        return retrieval;
    }

    private void add(SliceRetrieval retrieval, int kvHeads, RopeTable ropeTable) {
        RunSlice slice = retrieval.slice();
        slices.add(retrieval);
        for (int block = slice.firstOwnBlock(); block < slice.fullBlocks(); block++) {
            filled.add(new SummarisedBlock(retrieval, block));
        }
        for (QueryGroup group : slice.queryGroups) {
            group.begin(kvHeads, ropeTable);
            groups.add(group);
            if (group.begins() && group.policy.topK() > 0) {
                beginning.add(new BeginningGroup(retrieval, group));
            }
        }
    }

    /** Whether no session of the step has a sparse policy. */
    boolean isEmpty() {
        return slices.isEmpty();
    }
}
