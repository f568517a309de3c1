package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.PinnedBlocks;
import dev.mneme.runtime.attention.PlanFrame;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.model.StepRetrieval.SummarisedBlock;

/**
 * Between writing a global layer's keys and its attention, for sessions with a sparse policy: blocks that are full now
 * are summarised, then each query group that begins chooses the blocks that it retrieves, KV head by KV head. The first
 * query of the group speaks for it, turned to one constant distance of {@value #DISTANCE}: keys are stored as block-local,
 * and where a block will stand in the plan is not known before it is chosen. First stage: the best by summary; second,
 * where the policy has one: the best of these by their keys ({@link CandidateStages}). Groups inside a survey go through the
 * second stage alone, with the shortlist that the survey's first group left.
 *
 * <p>Memory is asked for on the calling thread, between the stages.
 */
final class RetrievalStages {
    /** How far before the query a block's first key is taken to lie when blocks are compared. */
    static final int DISTANCE = 512;

    private final PassState state;
    private final boolean global;
    private final int layerInGroup;
    private final Stage preparing = new Preparing();
    private final Stage scanning = new Scanning();
    private final Stage choosing = new Choosing();
    private final CandidateStages candidates;
    /** The wave in work. */
    private ScanWave wave = ScanWave.NONE;

    RetrievalStages(PassState state, int layer) {
        this.state = state;
        int group = state.groups.groupOf()[layer];
        this.global = group == 0 && state.groups.groups().getFirst().window() == 0;
        this.layerInGroup = state.groups.indexInGroup()[layer];
        this.candidates = new CandidateStages(state, layerInGroup);
    }

    void run(ComputePool pool) {
        StepRetrieval retrieval = state.retrieval;
        if (!global || retrieval.isEmpty()) {
            return;
        }
        pool.run(preparing);
        for (ScanWave next : retrieval.waves()) {
            wave = next;
            pool.run(scanning);
            pool.run(choosing);
        }
        candidates.run(pool, 0, retrieval.surveying());
        retrieval.slices().forEach(slice -> slice.shareShortlists(layerInGroup));
        candidates.run(pool, retrieval.surveying(), retrieval.beginning().size());
        retrieval.slices().forEach(slice -> slice.carryChoices(layerInGroup));
        retrieval.groups().forEach(QueryGroup::plan);
    }

    private QueryGroup group(int number) {
        return state.retrieval.beginning().get(number).group();
    }

    /** Summaries of the blocks that are full now, and the queries that speak for their groups. */
    private final class Preparing implements Stage {
        private int summaries() {
            return state.retrieval.filled().size() * state.spec.kvHeads();
        }

        @Override
        public int tasks() {
            return summaries() + state.retrieval.beginning().size() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            int kvHeads = state.spec.kvHeads();
            if (task < summaries()) {
                summarise(state.retrieval.filled().get(task / kvHeads), task % kvHeads, state.workers[workerNumber]);
            } else {
                turnQueries((task - summaries()) / kvHeads, (task - summaries()) % kvHeads);
            }
        }

        private void summarise(SummarisedBlock filled, int kvHead, Worker worker) {
            BlockPayload payload = filled.slice().slice().sealed(filled.block(), 0);
            BlockSummary.write(
                    payload, payload.layout().keyOffset(layerInGroup, kvHead), worker.head(),
                    filled.slice().chunk(filled.block() / SummaryLayout.BLOCKS),
                    state.summaries.offset(layerInGroup, kvHead), filled.block() % SummaryLayout.BLOCKS);
        }

        /** The first query of a group, turned and scaled, for the heads of a KV head. */
        private void turnQueries(int number, int kvHead) {
            int headDim = state.spec.headDim();
            int heads = state.queryHeads();
            int from = group(number).firstRow() * state.spec.queryLength() + kvHead * heads * headDim;
            int target = state.turned(number, kvHead);
            RopePage page = state.groups.ropeTables().getFirst().page(DISTANCE / KvLayout.BLOCK);
            for (int head = 0; head < heads; head++) {
                Rotation.rotate(
                        state.activations.queries, from + head * headDim, headDim, page, DISTANCE % KvLayout.BLOCK,
                        state.turnedQueries, target + head * headDim);
            }
            for (int i = target; i < target + heads * headDim; i++) {
                state.turnedQueries[i] *= state.spec.attentionScale();
            }
        }
    }

    /** Where the scores of a group's query heads begin. */
    private int scores(ScanBatch batch, int group, int kvHead) {
        int row = (kvHead * batch.groups() + group - batch.firstGroup()) * state.queryHeads();
        return batch.scoresAt() + row * batch.stride();
    }

    /** First stage of choosing: all blocks by their summaries. */
    private final class Scanning implements Stage {
        @Override
        public int tasks() {
            return wave.ranges() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            int range = task / state.spec.kvHeads();
            for (ScanBatch batch : wave.batches()) {
                if (range < batch.ranges()) {
                    scan(batch, range, task % state.spec.kvHeads(), state.workers[workerNumber]);
                    return;
                }
                range -= batch.ranges();
            }
        }

        private void scan(ScanBatch batch, int range, int kvHead, Worker worker) {
            for (int chunk = batch.firstChunk(range); chunk < batch.endChunk(range); chunk++) {
                worker.kernels().scoreSummaries(
                        batch.slice().chunk(chunk), state.summaries.offset(layerInGroup, kvHead), state.spec.headDim(),
                        state.turnedQueries, state.turned(batch.firstGroup(), kvHead), batch.groups() * state.queryHeads(),
                        state.summaryScores, scores(batch, batch.firstGroup(), kvHead) + chunk * SummaryLayout.BLOCKS,
                        batch.stride());
            }
        }
    }

    /** … and of those between sinks and local window, pins aside, the best. */
    private final class Choosing implements Stage {
        @Override
        public int tasks() {
            return wave.groups() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            int number = wave.firstGroup() + task / state.spec.kvHeads();
            int kvHead = task % state.spec.kvHeads();
            ScanBatch batch = wave.batchOf(number);
            QueryGroup group = group(number);
            PlanFrame frame = group.frame;
            boolean only = group.policy.candidates() == 0;
            int[] best = state.workers[workerNumber].choice().best(
                    state.summaryScores, scores(batch, number, kvHead) + frame.sinks(), batch.stride(), state.queryHeads(),
                    frame.candidates(), places(frame.pins(), frame), only ? group.policy.topK() : group.policy.candidates());
            for (int i = 0; i < best.length; i++) {
                best[i] += frame.sinks();
            }
            (only ? group.chosen : group.candidates)[kvHead] = best;
        }

        private static int[] places(PinnedBlocks pins, PlanFrame frame) {
            int[] places = new int[pins.size()];
            for (int i = 0; i < places.length; i++) {
                places[i] = pins.block(i) - frame.sinks();
            }
            return places;
        }
    }
}
