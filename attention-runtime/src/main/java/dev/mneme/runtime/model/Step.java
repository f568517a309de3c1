package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.LayerGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows that are computed together, one row a token.
 *
 * @param slices    the parts of runs, in row order
 * @param rows      number of rows
 * @param rowSlices the slice of each row
 */
record Step(List<RunSlice> slices, int rows, RunSlice[] rowSlices) {

    /** Cuts runs, in order, into steps of at most {@code mostRows} rows, for a model with this window. */
    static List<Step> cut(List<TokenRun> runs, int mostRows, List<LayerGroup> groups, int modelWindow) {
        List<Step> steps = new ArrayList<>();
        List<RunSlice> slices = new ArrayList<>();
        int rows = 0;
        for (TokenRun run : runs) {
            for (int from = 0; from < run.tokens().length; ) {
                int tokens = Math.min(run.tokens().length - from, mostRows - rows);
                slices.add(new RunSlice(run, from, tokens, rows, groups, modelWindow));
                rows += tokens;
                from += tokens;
                if (rows == mostRows) {
                    steps.add(of(slices, rows));
                    slices = new ArrayList<>();
                    rows = 0;
                }
            }
        }
        if (rows > 0) {
            steps.add(of(slices, rows));
        }
        return steps;
    }

    private static Step of(List<RunSlice> slices, int rows) {
        RunSlice[] rowSlices = new RunSlice[rows];
        for (RunSlice slice : slices) {
            for (int i = 0; i < slice.tokens; i++) {
                rowSlices[slice.row + i] = slice;
            }
        }
        return new Step(slices, rows, rowSlices);
    }

    /** The rows that want logits, closed up; this step itself if all do. */
    Step wanted() {
        List<RunSlice> kept = new ArrayList<>();
        int keptRows = 0;
        for (RunSlice slice : slices) {
            if (slice.wanted() > 0) {
                kept.add(slice.last(slice.wanted(), keptRows));
                keptRows += slice.wanted();
            }
        }
        return keptRows == rows ? this : of(kept, keptRows);
    }

    /** Rows that want logits, ascending: where {@link #wanted()} has its rows from. */
    int[] wantedRows() {
        return slices.stream()
                .flatMapToInt(slice -> IntStream.range(slice.row + slice.tokens - slice.wanted(), slice.row + slice.tokens))
                .toArray();
    }

    /** Absolute position of a row. */
    int position(int row) {
        return rowSlices[row].position(row - rowSlices[row].row);
    }

    /** Token id of a row. */
    int token(int row) {
        RunSlice slice = rowSlices[row];
        return slice.run.tokens()[slice.from + row - slice.row];
    }
}
