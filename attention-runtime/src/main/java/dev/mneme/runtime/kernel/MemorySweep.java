package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.INTS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Brings memory into the cache by reading it: Java has no prefetch instruction. A loop that does
 * nothing but load has as many cache misses under way as the processor allows, which a loop that
 * also computes and stores has not; and four places at once, since hardware prefetchers begin anew
 * in each page. Sweeping K and V of a block before converting them takes 13 to 22 GB/s.
 */
final class MemorySweep {
    private static final int CACHE_LINE = 64;

    private MemorySweep() {}

    /** Reads of each cache line of {@code [a, a + bytes)} and {@code [b, b + bytes)}; returns what came of it. */
    static int sweep(MemorySegment segment, long a, long b, int bytes) {
        int half = bytes / 2;
        IntVector s0 = IntVector.zero(INTS);
        IntVector s1 = s0;
        IntVector s2 = s0;
        IntVector s3 = s0;
        for (int i = 0; i < half; i += CACHE_LINE) {
            s0 = s0.add(IntVector.fromMemorySegment(INTS, segment, a + i, ORDER));
            s1 = s1.add(IntVector.fromMemorySegment(INTS, segment, a + half + i, ORDER));
            s2 = s2.add(IntVector.fromMemorySegment(INTS, segment, b + i, ORDER));
            s3 = s3.add(IntVector.fromMemorySegment(INTS, segment, b + half + i, ORDER));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }
}
