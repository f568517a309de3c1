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

    /**
     * Reads each cache line of {@code [from, from + bytes)}, a multiple of 64 bytes, but for up to three at the end;
     * returns what came of it.
     */
    static int sweep(MemorySegment segment, long from, long bytes) {
        int quarter = (int) (bytes / 4 / CACHE_LINE * CACHE_LINE);
        IntVector s0 = IntVector.zero(INTS);
        IntVector s1 = s0;
        IntVector s2 = s0;
        IntVector s3 = s0;
        for (int i = 0; i < quarter; i += CACHE_LINE) {
            s0 = IntVector.fromMemorySegment(INTS, segment, from + i, ORDER).add(s0);
            s1 = IntVector.fromMemorySegment(INTS, segment, from + quarter + i, ORDER).add(s1);
            s2 = IntVector.fromMemorySegment(INTS, segment, from + 2 * quarter + i, ORDER).add(s2);
            s3 = IntVector.fromMemorySegment(INTS, segment, from + 3 * quarter + i, ORDER).add(s3);
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }
}
