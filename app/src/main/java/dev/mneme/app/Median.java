package dev.mneme.app;

import java.util.stream.DoubleStream;

/** What a measurement tells of several rounds. */
final class Median {
    private Median() {}

    /** The middle of some numbers, at least one; of an even count the mean of the two in the middle. */
    static double of(DoubleStream numbers) {
        double[] sorted = numbers.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
