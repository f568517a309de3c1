package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kernel.ScoredRows;

/**
 * Second stage of choosing blocks in a layer: the candidates by all their keys, and of these a shortlist where a survey
 * begins. Tasks go by blocks, not by groups, so that
 * the keys of a block are read and brought to f32 once for all groups that have it as a candidate.
 */
final class CandidateStages {
    /** Places that one task scores. */
    private static final int RANGE = 32;

    private final PassState state;
    private final CandidateBlocks blocks;
    private final int layerInGroup;
    private final Stage comparing = new Comparing();
    private final Stage deciding = new Deciding();

    CandidateStages(PassState state, int layerInGroup) {
        this.state = state;
        this.blocks = state.candidates;
        this.layerInGroup = layerInGroup;
    }

    /** Chooses for the step's beginning groups from {@code first} on and below {@code end}. */
    void run(ComputePool pool, int first, int end) {
        for (int from = first; from < end; from = blocks.endGroup()) {
            blocks.gather(state.retrieval.beginning().subList(0, end), from);
            pool.run(comparing);
            pool.run(deciding);
            blocks.release();
        }
    }

    /** The keys of the blocks. */
    private final class Comparing implements Stage {
        @Override
        public int tasks() {
            return (blocks.size() + RANGE - 1) / RANGE;
        }

        @Override
        public void run(int task, int workerNumber) {
            Worker worker = state.workers[workerNumber];
            int end = Math.min(blocks.size(), (task + 1) * RANGE);
            for (int place = task * RANGE; place < end; place++) {
                collect(place, worker.rows());
                worker.kernels().scoreKeys(
                        state.shapes[0], blocks.payload(place), layerInGroup, blocks.kvHead(place), state.turnedQueries,
                        worker.rows(), blocks.maxima(), blocks.sums());
            }
        }

        /** The query heads of all groups that have the block as a candidate. */
        private void collect(int place, ScoredRows rows) {
            int kvHead = blocks.kvHead(place);
            rows.clear();
            for (int entry = blocks.lastEntry(place); entry != CandidateBlocks.NONE; entry = blocks.entryBefore(entry)) {
                int group = blocks.group(entry);
                int query = state.turned(group, kvHead);
                int result = blocks.result(entry, kvHead);
                int candidates = group(group).candidates[kvHead].length;
                for (int head = 0; head < state.queryHeads(); head++) {
                    rows.add(query + head * state.spec.headDim(), result + head * candidates);
                }
            }
        }
    }

    /** The best of each group and KV head. */
    private final class Deciding implements Stage {
        @Override
        public int tasks() {
            return (blocks.endGroup() - blocks.firstGroup()) * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            int number = blocks.firstGroup() + task / state.spec.kvHeads();
            int kvHead = task % state.spec.kvHeads();
            QueryGroup group = group(number);
            if (group.policy.candidates() == 0) {
                return;
            }
            int[] candidates = group.candidates[kvHead];
            BlockChoice choice = state.workers[workerNumber].choice();
            choice.weigh(blocks.maxima(), blocks.sums(), blocks.results(number, kvHead), state.queryHeads(), candidates.length);
            group.chosen[kvHead] = choice.best(candidates, group.policy.topK());
            if (group.surveys() && group.policy.shortlist() > 0) {
                group.shortlist[kvHead] = group.frame.withFollowing(choice.best(candidates, group.policy.shortlisted()));
            }
        }
    }

    private QueryGroup group(int number) {
        return state.retrieval.beginning().get(number).group();
    }
}
