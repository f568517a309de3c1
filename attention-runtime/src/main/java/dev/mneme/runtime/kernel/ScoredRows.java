package dev.mneme.runtime.kernel;

import java.util.Arrays;

/**
 * The query heads that a block's keys are scored for: where the numbers of each lie, and where its result goes. Filled
 * anew for each block. Not thread-safe: one a worker.
 */
public final class ScoredRows {
    private int[] queries = new int[0];
    private int[] results = new int[0];
    private int count;

    /** Makes an empty one, which keeps the room that it once had. */
    public ScoredRows() {}

    /** Takes all rows out. */
    public void clear() {
        count = 0;
    }

    /** Adds a query head whose numbers begin at {@code query} and whose result goes to {@code result}. */
    public void add(int query, int result) {
        if (count == queries.length) {
            queries = Arrays.copyOf(queries, Math.max(16, 2 * count));
            results = Arrays.copyOf(results, queries.length);
        }
        queries[count] = query;
        results[count++] = result;
    }

    int count() {
        return count;
    }

    int query(int row) {
        return queries[row];
    }

    int result(int row) {
        return results[row];
    }
}
