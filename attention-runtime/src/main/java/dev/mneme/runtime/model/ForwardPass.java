package dev.mneme.runtime.model;

import java.util.List;

/**
 * Runs steps of a model. Owned by one engine thread: {@link #run} and {@link #close} are called by
 * one thread at a time. Owns its scratch memory and its compute threads.
 */
public final class ForwardPass implements AutoCloseable {
    ForwardPass() {}

    /**
     * Computes one mixed batch: writes the keys and values of every run's tokens into its open
     * blocks and hands the wanted logits to the sinks. Returns when all is written. Runs of one
     * step belong to different sessions.
     */
    public void run(List<TokenRun> runs) {
        throw new UnsupportedOperationException("the forward pass is being built");
    }

    @Override
    public void close() {}
}
