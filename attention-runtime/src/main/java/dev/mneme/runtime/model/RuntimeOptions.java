package dev.mneme.runtime.model;

/**
 * How a model computes. Neither option changes a bit of the result.
 *
 * @param backend who does the arithmetic
 * @param threads compute threads of each forward pass, the calling one included; at least 1
 */
public record RuntimeOptions(Backend backend, int threads) {
    /** Checks the number of threads. */
    public RuntimeOptions {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be between 1 and 1024, not " + threads);
        }
    }

    /** The Vector API on every processor that the JVM sees. */
    public static RuntimeOptions defaults() {
        return new RuntimeOptions(Backend.VECTOR, Runtime.getRuntime().availableProcessors());
    }
}
