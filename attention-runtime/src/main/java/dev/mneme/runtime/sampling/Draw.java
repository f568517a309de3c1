package dev.mneme.runtime.sampling;

/** The random numbers: SplitMix64 (Steele, Lea and Flood, 2014) used as a function of seed and position. */
final class Draw {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private Draw() {}

    /** Uniform in [0, 1), with 53 bits. */
    static double at(long seed, int position) {
        // The seed is mixed first, so that neighbouring seeds do not share a sequence shifted by some positions.
        return (mix(mix(seed + GAMMA) + GAMMA * (position + 1L)) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
