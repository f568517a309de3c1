package dev.mneme.benchmarks;

/**
 * Which filler text things are hidden in.
 *
 * @param seed      what its sentences are drawn from
 * @param sentences how many there are before the same ones come again
 */
record FillerText(long seed, int sentences) {
    /** Ever new sentences. */
    static final int VARIED = Integer.MAX_VALUE;

    /** For people. */
    String description() {
        return "filler seed " + seed + (sentences == VARIED ? "" : ", the same " + sentences + " sentences over and over");
    }
}
