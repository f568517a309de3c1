package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.Stage;

/** Work on each row of a step by itself. A few rows are one task, which the calling thread does alone. */
final class RowStage implements Stage {
    /** What is done to one row. */
    @FunctionalInterface
    interface RowWork {
        void run(int row, Worker worker);
    }

    private static final int ROWS_PER_TASK = 16;

    private final PassState state;
    private final RowWork work;

    RowStage(PassState state, RowWork work) {
        this.state = state;
        this.work = work;
    }

    @Override
    public int tasks() {
        return RowShares.tasks(state.step.rows(), ROWS_PER_TASK);
    }

    @Override
    public void run(int task, int worker) {
        int to = Math.min(state.step.rows(), (task + 1) * ROWS_PER_TASK);
        for (int row = task * ROWS_PER_TASK; row < to; row++) {
            work.run(row, state.workers[worker]);
        }
    }
}
