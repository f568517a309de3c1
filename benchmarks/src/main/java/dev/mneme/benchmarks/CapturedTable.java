package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Scores.Cell;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The part of all attention that plans captured, layer by layer, the mean over the trials of a cell. */
final class CapturedTable {
    private static final int LAYERS_IN_LINE = 10;

    private CapturedTable() {}

    /** By layer; empty where nobody asked. */
    static Map<Integer, Double> means(List<Score> scores) {
        Map<Integer, Double> means = new TreeMap<>();
        scores.forEach(score -> score.captured().forEach((layer, share) -> means.merge(layer, share / scores.size(), Double::sum)));
        return means;
    }

    /** Some lines a cell; nothing where nobody asked. */
    static String of(Scores scores) {
        StringBuilder table = new StringBuilder();
        scores.cells().forEach((cell, ofCell) -> {
            Map<Integer, Double> means = means(ofCell);
            if (!means.isEmpty()) {
                append(cell, means, table);
            }
        });
        return table.isEmpty() ? "" : String.format("%ncaptured of the softmax mass over all blocks, layer by layer%n") + table;
    }

    private static void append(Cell cell, Map<Integer, Double> means, StringBuilder table) {
        table.append(String.format(Locale.ROOT, "%s, %d tokens, depth %s, %s",
                cell.task(), cell.length(), Scores.depth(cell.depth()), cell.arm()));
        int column = 0;
        for (Map.Entry<Integer, Double> mean : means.entrySet()) {
            table.append(column++ % LAYERS_IN_LINE == 0 ? System.lineSeparator() : "");
            table.append(String.format(Locale.ROOT, "  %2d: %.3f", mean.getKey(), mean.getValue()));
        }
        table.append(System.lineSeparator());
    }
}
