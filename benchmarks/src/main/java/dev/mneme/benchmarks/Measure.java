package dev.mneme.benchmarks;

/** What the number of a result says. */
enum Measure {
    /** Mean negative log likelihood of a token, in nats: 0 is best, about 6.5 is what a model gives that remembers nothing. */
    NATS(7, 0),
    /** The part of what was asked for that the answer names: 1 is best. */
    FOUND(0, 1);

    private final double worst;
    private final double best;

    Measure(double worst, double best) {
        this.worst = worst;
        this.best = best;
    }

    /** From 0, the worst that is worth telling apart, to 1, the best. */
    double quality(double value) {
        return Math.clamp((value - worst) / (best - worst), 0, 1);
    }
}
