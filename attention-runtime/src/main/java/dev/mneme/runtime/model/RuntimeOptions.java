package dev.mneme.runtime.model;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How a model computes. No option changes a bit of the result.
 *
 * @param backend who does the arithmetic
 * @param threads compute threads of each forward pass, the calling one included; at least 1
 * @param packedBytes most memory for weights that are rearranged for the processor, which computes about 1.5 times as
 * fast with them; the others are read where they are mapped. 0: none are rearranged
 */
public record RuntimeOptions(Backend backend, int threads, long packedBytes) {
    /** Checks the numbers. */
    public RuntimeOptions {
        if (packedBytes < 0) {
            throw new IllegalArgumentException("packedBytes must not be negative, but is " + packedBytes);
        }
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be between 1 and 1024, not " + threads);
        }
    }

    /** Rearranged weights may take a quarter of the machine's memory. */
    public RuntimeOptions(Backend backend, int threads) {
        this(backend, threads, machineMemory() / 4);
    }

    private static long machineMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** The Vector API on every processor that the JVM sees. */
    public static RuntimeOptions defaults() {
        return new RuntimeOptions(Backend.VECTOR, Runtime.getRuntime().availableProcessors());
    }
}
