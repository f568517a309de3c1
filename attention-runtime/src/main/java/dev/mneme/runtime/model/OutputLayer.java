package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.numerics.Numerics;

/** The logits of a step, a few rows at a time, so that memory stays bounded. */
final class OutputLayer {
    private static final int ROWS_AT_ONCE = 16;

    private final PassState state;
    private final int vocabulary;
    private final RunSlice[] slices = new RunSlice[ROWS_AT_ONCE];
    private final int[] offsets = new int[ROWS_AT_ONCE];
    private final float[] input;
    private final float[] logits;
    private final Products products = new Products();
    private float[] several = new float[0];
    private int rows;

    OutputLayer(PassState state) {
        this.state = state;
        this.vocabulary = state.spec.vocabularySize();
        this.input = new float[ROWS_AT_ONCE * state.spec.embeddingLength()];
        this.logits = new float[vocabulary];
    }

    /** Computes and hands out the logits of all rows of the current step, in order. */
    void run(ComputePool pool) {
        rows = 0; // a sink may have ended the last step early
        for (RunSlice slice : state.step.slices()) {
            for (int token = 0; token < slice.tokens; token++) {
                take(slice, token);
                if (rows == ROWS_AT_ONCE) {
                    flush(pool);
                }
            }
        }
        flush(pool);
    }

    private void take(RunSlice slice, int token) {
        int length = state.spec.embeddingLength();
        System.arraycopy(state.activations.normed, (slice.row + token) * length, input, rows * length, length);
        slices[rows] = slice;
        offsets[rows] = slice.from + token;
        rows++;
    }

    private void flush(ComputePool pool) {
        if (rows > 1 && several.length < rows * vocabulary) {
            several = new float[rows * vocabulary];
        }
        state.inputVersion++;
        pool.run(products);
        for (int i = 0; i < rows; i++) {
            if (rows > 1) {
                System.arraycopy(several, i * vocabulary, logits, 0, vocabulary);
            }
            softcap();
            slices[i].run.sink().accept(offsets[i], logits);
        }
        rows = 0;
    }

    private void softcap() {
        float cap = state.spec.finalLogitSoftcap();
        if (cap != 0) {
            for (int i = 0; i < vocabulary; i++) {
                logits[i] = Numerics.softcap(logits[i], cap);
            }
        }
    }

    private final class Products implements Stage {
        @Override
        public int tasks() {
            return rows == 0 ? 0 : RowShares.tasks(vocabulary, rowsPerTask());
        }

        @Override
        public void run(int task, int worker) {
            int from = task * rowsPerTask();
            int to = Math.min(vocabulary, from + rowsPerTask());
            state.workers[worker].kernels().matmul(
                    state.weights.output(), from, to, input, rows, state.inputVersion, rows > 1 ? several : logits, vocabulary, 0);
        }

        private int rowsPerTask() {
            return RowShares.rowsPerTask(vocabulary, rows, state.workers.length);
        }
    }
}
