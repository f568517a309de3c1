package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.SplitMerge;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.model.AttentionSchedule.Task;
import dev.mneme.runtime.model.AttentionSchedule.TileWork;

/** Attention of one layer: all heads and rows of a step. */
final class AttentionStage implements Stage {
    private final PassState state;
    private final int group;
    private final int layerInGroup;
    /** Joins the results of tiles that were cut by splits; runs after this stage. */
    final Stage merging = new Merging();

    AttentionStage(PassState state, int layer) {
        this.state = state;
        this.group = state.groups.groupOf()[layer];
        this.layerInGroup = state.groups.indexInGroup()[layer];
    }

    @Override
    public int tasks() {
        return schedule().tasks.size();
    }

    @Override
    public void run(int taskNumber, int workerNumber) {
        Task task = schedule().tasks.get(taskNumber);
        TileWork work = task.work();
        if (task.split() == AttentionSchedule.ALL_SPLITS) {
            attendAll(work, task.kvHead(), state.workers[workerNumber]);
        } else {
            attendSplit(work, task.kvHead(), task.split(), state.workers[workerNumber],
                    state.partials, partialOffset(work, task.kvHead(), task.split()));
        }
    }

    private AttentionSchedule schedule() {
        return state.schedules[group];
    }

    private void attendAll(TileWork work, int kvHead, Worker worker) {
        for (int split = 0; split < work.splits(); split++) {
            attendSplit(work, kvHead, split, worker, worker.partials(), 0);
            merge(work, kvHead, split, worker, worker.partials(), 0);
        }
    }

    private void attendSplit(TileWork work, int kvHead, int split, Worker worker, float[] partials, int offset) {
        AttentionTile tile = work.tiles().apply(kvHead);
        int from = split * AttentionPlan.SPLIT;
        int to = Math.min(from + AttentionPlan.SPLIT, tile.plan().size());
        worker.kernels().attend(
                state.shapes[group], tile, from, to,
                state.activations.queries, state.spec.queryLength(), layerInGroup, kvHead,
                partials, offset);
    }

    private void merge(TileWork work, int kvHead, int split, Worker worker, float[] partials, int offset) {
        int queryHeads = state.queryHeads();
        int partialLength = state.partialLength();
        float[] attended = state.activations.attended;
        SplitMerge merge = worker.merge();
        for (int i = 0; i < work.tokens(); i++) {
            for (int h = 0; h < queryHeads; h++) {
                int row = i * queryHeads + h;
                int output = (work.row() + i) * state.spec.queryLength()
                        + (kvHead * queryHeads + h) * state.spec.headDim();
                if (split == 0) {
                    merge.first(row, partials, offset + row * partialLength, attended, output);
                } else {
                    merge.next(row, partials, offset + row * partialLength, attended, output);
                }
                if (split == work.splits() - 1) {
                    merge.finish(row, attended, output);
                }
            }
        }
    }

    private int partialOffset(TileWork work, int kvHead, int split) {
        int rows = work.tokens() * state.queryHeads();
        return work.partialBase() + (split * state.spec.kvHeads() + kvHead) * rows * state.partialLength();
    }

    private final class Merging implements Stage {
        @Override
        public int tasks() {
            return schedule().splitTiles.size();
        }

        @Override
        public void run(int task, int workerNumber) {
            TileWork work = schedule().splitTiles.get(task);
            for (int kvHead = 0; kvHead < state.spec.kvHeads(); kvHead++) {
                for (int split = 0; split < work.splits(); split++) {
                    merge(work, kvHead, split, state.workers[workerNumber],
                            state.partials, partialOffset(work, kvHead, split));
                }
            }
        }
    }
}
