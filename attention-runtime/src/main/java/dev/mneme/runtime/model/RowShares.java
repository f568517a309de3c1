package dev.mneme.runtime.model;

/** How many rows of a matrix a task takes. */
final class RowShares {
    /** A step with fewer tokens is bound by reading weights: one task a thread, since long streams are read fastest. */
    private static final int MANY_TOKENS = 16;
    private static final int SHARES_FOR_FEW = 1;
    private static final int SHARES_FOR_MANY = 8;
    private static final int ROW_MULTIPLE = 16;

    private RowShares() {}

    /** Rows of each task but the last. */
    static int rowsPerTask(int rows, int tokens, int threads) {
        if (threads == 1) {
            return rows;
        }
        int shares = threads * (tokens < MANY_TOKENS ? SHARES_FOR_FEW : SHARES_FOR_MANY);
        int share = (rows + shares - 1) / shares;
        return (share + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
    }

    static int tasks(int rows, int rowsPerTask) {
        return (rows + rowsPerTask - 1) / rowsPerTask;
    }
}
