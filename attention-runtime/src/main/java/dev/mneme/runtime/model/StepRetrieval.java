package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.RopeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a step does for attention past the window: in each global layer it summarises the blocks that it fills, and
 * chooses blocks for the query groups that it begins.
 *
 * @param slices    slices of sessions with a sparse policy
 * @param filled    blocks of these that the step makes full
 * @param groups    their query groups
 * @param beginning the groups whose first query is in the step, where blocks are retrieved at all: first those that survey
 * @param surveying how many these are
 * @param waves     these, as they are scored by summaries
 */
record StepRetrieval(
        List<SliceRetrieval> slices, List<SummarisedBlock> filled, List<QueryGroup> groups,
        List<BeginningGroup> beginning, int surveying, List<ScanWave> waves) {
    /** A step without sparse policies. */
    static final StepRetrieval NONE = new StepRetrieval(List.of(), List.of(), List.of(), List.of(), 0, List.of());

    /** A block that gets its last token in the step. */
    record SummarisedBlock(SliceRetrieval slice, int block) {}

    /** A group whose first query is in the step. */
    record BeginningGroup(SliceRetrieval slice, QueryGroup group) {}

    static StepRetrieval of(Step step, ModelSpec spec, RopeTable ropeTable) {
        List<SliceRetrieval> slices = new ArrayList<>();
        for (RunSlice slice : step.slices()) {
            if (slice.run.policy() instanceof MemoryPolicy.Sparse sparse) {
                slices.add(new SliceRetrieval(slice, sparse, spec.kvHeads()));
            }
        }
        List<QueryGroup> groups = slices.stream().flatMap(slice -> slice.slice().queryGroups.stream()).toList();
        groups.forEach(group -> group.begin(spec.kvHeads(), ropeTable));
        List<BeginningGroup> surveying = slices.stream().flatMap(slice -> beginning(slice, true)).toList();
        List<BeginningGroup> beginning = new ArrayList<>(surveying);
        slices.forEach(slice -> beginning(slice, false).forEach(beginning::add));
        return new StepRetrieval(
                slices, slices.stream().flatMap(StepRetrieval::filled).toList(), groups, beginning, surveying.size(),
                ScanWave.of(surveying, spec.heads()));
    }

    private static Stream<BeginningGroup> beginning(SliceRetrieval retrieval, boolean surveying) {
        return retrieval.slice().queryGroups.stream()
                .filter(group -> group.begins() && group.surveys() == surveying && group.policy.topK() > 0)
                .map(group -> new BeginningGroup(retrieval, group));
    }

    private static Stream<SummarisedBlock> filled(SliceRetrieval retrieval) {
        RunSlice slice = retrieval.slice();
        return IntStream.range(slice.firstOwnBlock(), slice.fullBlocks()).mapToObj(block -> new SummarisedBlock(retrieval, block));
    }

    /** Whether no session of the step has a sparse policy. */
    boolean isEmpty() {
        return slices.isEmpty();
    }
}
