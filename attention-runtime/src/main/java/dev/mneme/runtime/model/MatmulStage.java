package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.kernel.WeightMatrix;
import java.util.List;

/** Products of one input with one or more weight matrices, cut by rows as if the matrices were one. */
final class MatmulStage implements Stage {
    /** One matrix and where its products go; a row of the output is as long as the matrix has rows. */
    record Product(WeightMatrix weights, float[] output) {}

    private final PassState state;
    private final float[] input;
    private final List<Product> products;
    private final int totalRows;

    MatmulStage(PassState state, float[] input, Product... products) {
        this.state = state;
        this.input = input;
        this.products = List.of(products);
        this.totalRows = this.products.stream().mapToInt(product -> product.weights().rows()).sum();
    }

    void run(ComputePool pool) {
        state.inputVersion++;
        pool.run(this);
    }

    @Override
    public int tasks() {
        return RowShares.tasks(totalRows, rowsPerTask());
    }

    @Override
    public void run(int task, int worker) {
        int from = task * rowsPerTask();
        int to = Math.min(totalRows, from + rowsPerTask());
        int first = 0; // the product's first row, counted through all of them
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            int rows = product.weights().rows();
            if (from < first + rows && to > first) {
                state.workers[worker].kernels().matmul(
                        product.weights(), Math.max(0, from - first), Math.min(rows, to - first),
                        input, state.step.rows(), state.inputVersion, product.output(), rows, 0);
            }
            first += rows;
        }
    }

    private int rowsPerTask() {
        return RowShares.rowsPerTask(totalRows, state.step.rows(), state.workers.length);
    }
}
