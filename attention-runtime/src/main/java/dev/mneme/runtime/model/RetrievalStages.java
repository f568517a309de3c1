package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.BlockShares;
import dev.mneme.runtime.attention.PlanFrame;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;
import dev.mneme.runtime.model.StepRetrieval.SummarisedBlock;

/**
 * Between writing a global layer's keys and its attention, for sessions with a sparse policy: blocks that are full now
 * are summarised, then each query group that begins chooses the blocks that it retrieves, KV head by KV head. The first
 * query of the group speaks for it, turned to one constant distance of {@value #DISTANCE}: keys are stored as block-local,
 * and where a block will stand in the plan is not known before it is chosen. First stage: the best by summary; second,
 * where the policy has one: the best of these by their keys.
 *
 * <p>Memory is asked for on the calling thread, between the stages.
 */
final class RetrievalStages {
    /** How far before the query a block's first key is taken to lie when blocks are compared. */
    static final int DISTANCE = 512;

    private final PassState state;
    private final boolean global;
    private final int layerInGroup;
    private final Stage summarising = new Summarising();
    private final Stage scanning = new Scanning();
    private final Stage comparing = new Comparing();

    RetrievalStages(PassState state, int layer) {
        this.state = state;
        int group = state.groups.groupOf()[layer];
        this.global = group == 0 && state.groups.groups().getFirst().window() == 0;
        this.layerInGroup = state.groups.indexInGroup()[layer];
    }

    void run(ComputePool pool) {
        StepRetrieval retrieval = state.retrieval;
        if (!global || retrieval.isEmpty()) {
            return;
        }
        pool.run(summarising);
        pool.run(scanning);
        retrieval.beginning().forEach(beginning -> beginning.group().fetchCandidates());
        pool.run(comparing);
        retrieval.slices().forEach(slice -> slice.carryChoices(layerInGroup));
        retrieval.groups().forEach(QueryGroup::plan);
    }

    private final class Summarising implements Stage {
        @Override
        public int tasks() {
            return state.retrieval.filled().size() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            SummarisedBlock filled = state.retrieval.filled().get(task / state.spec.kvHeads());
            int kvHead = task % state.spec.kvHeads();
            BlockPayload payload = filled.slice().slice().sealed(filled.block(), 0);
            BlockSummary.write(
                    payload, payload.layout().keyOffset(layerInGroup, kvHead), state.workers[workerNumber].head(),
                    filled.slice().chunkOf(filled.block()),
                    state.summaries.offset(layerInGroup, kvHead, filled.block() % SummaryLayout.BLOCKS));
        }
    }

    /** First stage of choosing: all blocks by their summaries. */
    private final class Scanning implements Stage {
        @Override
        public int tasks() {
            return state.retrieval.beginning().size() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            BeginningGroup beginning = state.retrieval.beginning().get(task / state.spec.kvHeads());
            QueryGroup group = beginning.group();
            int kvHead = task % state.spec.kvHeads();
            Worker worker = state.workers[workerNumber];
            rotateQueries(group, kvHead, worker.queries());
            BlockShares shares = worker.shares();
            shares.begin(state.queryHeads(), group.frame.candidates());
            scan(beginning.slice(), group.frame, kvHead, worker);
            for (int i = 0; i < group.frame.pins().size(); i++) {
                shares.exclude(group.frame.pins().block(i) - group.frame.sinks());
            }
            boolean only = group.policy.candidates() == 0;
            int[] best = shares.best(only ? group.policy.topK() : group.policy.candidates());
            for (int i = 0; i < best.length; i++) {
                best[i] += group.frame.sinks();
            }
            (only ? group.chosen : group.candidates)[kvHead] = best;
        }
    }

    /** Scores the blocks between sinks and local window, chunk by chunk. */
    private void scan(SliceRetrieval slice, PlanFrame frame, int kvHead, Worker worker) {
        for (int from = frame.sinks(); from < frame.firstLocal(); ) {
            int row = from % SummaryLayout.BLOCKS;
            int blocks = Math.min(SummaryLayout.BLOCKS - row, frame.firstLocal() - from);
            worker.kernels().scoreSummaries(
                    slice.chunkOf(from), state.summaries.offset(layerInGroup, kvHead, row), blocks,
                    state.spec.headDim(), worker.queries(), state.queryHeads(),
                    worker.shares().maxima(), from - frame.sinks(), frame.candidates());
            from += blocks;
        }
    }

    /** Second stage: the candidates by all their keys. */
    private final class Comparing implements Stage {
        @Override
        public int tasks() {
            return state.retrieval.beginning().size() * state.spec.kvHeads();
        }

        @Override
        public void run(int task, int workerNumber) {
            QueryGroup group = state.retrieval.beginning().get(task / state.spec.kvHeads()).group();
            if (group.policy.candidates() == 0) {
                return;
            }
            int kvHead = task % state.spec.kvHeads();
            Worker worker = state.workers[workerNumber];
            BlockPayload[] payloads = group.candidatePayloads[kvHead];
            rotateQueries(group, kvHead, worker.queries());
            BlockShares shares = worker.shares();
            shares.begin(state.queryHeads(), payloads.length);
            for (int place = 0; place < payloads.length; place++) {
                worker.kernels().scoreKeys(
                        state.shapes[0], payloads[place], layerInGroup, kvHead, worker.queries(),
                        shares.maxima(), shares.sums(), place, payloads.length);
            }
            int[] best = shares.best(group.policy.topK());
            for (int i = 0; i < best.length; i++) {
                best[i] = group.candidates[kvHead][best[i]];
            }
            group.chosen[kvHead] = best;
        }
    }

    /** The first query of a group, turned and scaled, for the heads of a KV head. */
    private void rotateQueries(QueryGroup group, int kvHead, float[] target) {
        int headDim = state.spec.headDim();
        int heads = state.queryHeads();
        int from = group.firstRow() * state.spec.queryLength() + kvHead * heads * headDim;
        RopePage page = state.groups.ropeTables().getFirst().page(DISTANCE / KvLayout.BLOCK);
        for (int head = 0; head < heads; head++) {
            Rotation.rotate(
                    state.activations.queries, from + head * headDim, headDim, page, DISTANCE % KvLayout.BLOCK,
                    target, head * headDim);
        }
        for (int i = 0; i < heads * headDim; i++) {
            target[i] *= state.spec.attentionScale();
        }
    }
}
