package dev.mneme.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Scores as they come in, and the table of them. */
final class Scores {
    private final List<Score> all = new ArrayList<>();

    /** The trials that differ in nothing but their seed. */
    record Cell(String task, int length, double depth, String arm) implements Comparable<Cell> {
        private static final Comparator<Cell> ORDER = Comparator.comparing(Cell::task)
                .thenComparing(Cell::length)
                .thenComparing(Cell::depth)
                .thenComparing(Cell::arm);

        static Cell of(Score score) {
            return new Cell(score.trial().task().name(), score.length(), score.trial().depth(), score.arm());
        }

        @Override
        public int compareTo(Cell other) {
            return ORDER.compare(this, other);
        }
    }

    void add(Score score) {
        all.add(score);
    }

    List<Score> all() {
        return List.copyOf(all);
    }

    /** The scores of each cell, in the order of the table. */
    Map<Cell, List<Score>> cells() {
        return all.stream().collect(Collectors.groupingBy(Cell::of, TreeMap::new, Collectors.toList()));
    }

    static DoubleSummaryStatistics values(List<Score> scores) {
        return scores.stream().mapToDouble(Score::value).summaryStatistics();
    }

    /** A line a cell; the last columns say in how many trials recall names what was hidden, and its mean share of attention. */
    String table() {
        int widest = all.stream().mapToInt(score -> score.arm().length()).max().orElse(0);
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "%-14s %9s %6s  %-" + Math.max(6, widest) + "s %7s %7s %7s %3s %7s %6s%n",
                        "task", "length", "depth", "policy", "mean", "low", "high", "n", "recall", "share"));
        cells().forEach((cell, scores) -> {
            DoubleSummaryStatistics values = values(scores);
            table.append(String.format(Locale.ROOT, "%-14s %9d %6s  %-" + Math.max(6, widest) + "s %7.3f %7.3f %7.3f %3d %7s %6s%n",
                    cell.task(), cell.length(), depth(cell.depth()), cell.arm(),
                    values.getAverage(), values.getMin(), values.getMax(), values.getCount(), recalled(cell, scores), share(cell, scores)));
        });
        return table.toString();
    }

    private static String recalled(Cell cell, List<Score> scores) {
        long named = scores.stream().filter(score -> score.recall().rank() > 0).count();
        return Double.isNaN(cell.depth()) ? "-" : named + "/" + scores.size();
    }

    private static String share(Cell cell, List<Score> scores) {
        double mean = scores.stream().mapToDouble(score -> score.recall().share()).average().orElse(0);
        return Double.isNaN(cell.depth()) ? "-" : String.format(Locale.ROOT, "%.3f", mean);
    }

    static String depth(double depth) {
        return Double.isNaN(depth) ? "-" : String.format(Locale.ROOT, "%.2f", depth);
    }
}
