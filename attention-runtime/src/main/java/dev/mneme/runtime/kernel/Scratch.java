package dev.mneme.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory of one compute thread, at the start of a cache line, which only grows. What lies on the heap starts 16
 * bytes into a line, so that each 64-byte vector touches two.
 *
 * <p>It is read and written by address through {@link #ALL}, whose bounds the compiler knows: a segment of its own would
 * be checked anew after each store, at up to half of a loop's speed. Only for memory that its kernel has itself reserved.
 */
final class Scratch {
    /** All of memory. */
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final int LINE = 64;

    private MemorySegment reserved = MemorySegment.NULL;

    /** Room for this many numbers; their address. What was there before may be lost. */
    long reserve(int numbers) {
        long bytes = (long) numbers * Float.BYTES;
        if (reserved.byteSize() < bytes) {
            reserved = Arena.ofAuto().allocate(bytes, LINE);
        }
        return reserved.address();
    }
}
