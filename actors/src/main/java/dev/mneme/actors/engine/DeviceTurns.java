package dev.mneme.actors.engine;

import java.util.concurrent.locks.ReentrantLock;

/** Lets the engines of several models take turns on one device, first come, first served. */
public final class DeviceTurns {
    private final ReentrantLock lock = new ReentrantLock(true);

    /** Runs a step; answers how long it had the device, in nanoseconds. */
    long run(Runnable step) {
        lock.lock();
        try {
            long started = System.nanoTime();
            step.run();
            return System.nanoTime() - started;
        } finally {
            lock.unlock();
        }
    }
}
