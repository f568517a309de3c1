package dev.mneme.runtime.model;

import dev.mneme.runtime.kernel.WeightMatrix;
import java.lang.foreign.Arena;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs a model's matrices beside the first steps, on a thread of its own, in the order in which a step uses them, as
 * long as the memory that it was given lasts. Steps use what is packed already; that cannot be seen in any bit.
 */
final class WeightPacker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WeightPacker.class);

    private final Arena arena = Arena.ofShared();
    private final List<WeightMatrix> matrices;
    private final long mostBytes;
    private final Thread thread;
    private volatile boolean closed;

    /** Starts packing. */
    WeightPacker(List<WeightMatrix> matrices, long mostBytes) {
        this.matrices = matrices;
        this.mostBytes = mostBytes;
        this.thread = Thread.ofPlatform().daemon().name("mneme-weights").start(this::pack);
    }

    private void pack() {
        long left = mostBytes;
        try {
            for (WeightMatrix matrix : matrices) {
                left -= matrix.packedBytes();
                if (closed || left < 0) {
                    return;
                }
                matrix.pack(arena);
            }
        } catch (OutOfMemoryError noRoom) {
            LOG.warn("no memory to pack more weights: the others are read from the model file, which is slower");
        }
    }

    /** Waits until all is packed that will be. */
    void await() throws InterruptedException {
        thread.join();
    }

    /** Ends packing and gives its memory back; nobody may compute any more. Idempotent. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
