package dev.mneme.actors.engine;

import java.util.concurrent.locks.ReentrantLock;

/** Lets the engines of several models take turns on one device, first come, first served. */
public final class DeviceTurns {
    private final ReentrantLock lock = new ReentrantLock(true);

    void run(Runnable step) {
        lock.lock();
        try {
            step.run();
        } finally {
            lock.unlock();
        }
    }
}
