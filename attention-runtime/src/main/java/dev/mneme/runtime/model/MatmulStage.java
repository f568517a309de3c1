package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.Stage;
import dev.mneme.runtime.gguf.GgufTensor;
import java.util.List;

/** Products of one input with one or more weight matrices, cut by rows of the matrices. */
final class MatmulStage implements Stage {
    /** One matrix and where its products go; a row of the output is as long as the matrix has rows. */
    record Product(GgufTensor weights, float[] output) {}

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

    @Override
    public int tasks() {
        int rowsPerTask = rowsPerTask();
        int tasks = 0;
        for (int i = 0; i < products.size(); i++) {
            tasks += RowShares.tasks(products.get(i).weights().rows(), rowsPerTask);
        }
        return tasks;
    }

    @Override
    public void run(int task, int worker) {
        int rowsPerTask = rowsPerTask();
        int index = task;
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            int rows = product.weights().rows();
            int tasks = RowShares.tasks(rows, rowsPerTask);
            if (index < tasks) {
                int from = index * rowsPerTask;
                state.workers[worker].kernels().matmul(
                        product.weights(), from, Math.min(rows, from + rowsPerTask),
                        input, state.step.rows(), product.output(), rows, 0);
                return;
            }
            index -= tasks;
        }
        throw new IllegalArgumentException("no task " + task);
    }

    private int rowsPerTask() {
        return RowShares.rowsPerTask(totalRows, state.step.rows(), state.workers.length);
    }
}
