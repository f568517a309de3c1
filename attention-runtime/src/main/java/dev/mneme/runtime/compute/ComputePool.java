package dev.mneme.runtime.compute;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed crew of workers, the calling thread being worker 0. One thread at a time calls
 * {@link #run} and {@link #close}.
 *
 * <p>A stage is announced by setting {@code tickets} to its number of tasks; whoever takes a
 * positive ticket owes that task, and the caller waits until all owed tasks are done. No worker has
 * to notice a stage: one that sleeps through it costs nothing but its help. A worker that comes late
 * may take a ticket of the next stage, which is as good as any: the stage's fields are written
 * before its tickets, and not again before its last task is done.
 */
public final class ComputePool implements AutoCloseable {
    /** How long a worker spins before it parks: longer than the caller's serial work between stages. */
    private static final long SPIN_NANOS = 50_000;

    /** The caller's: longer than a worker is late, unless it waits for the compiler, and then needs our processor. */
    private static final int SPINS_BEFORE_PARK = 10_000;

    private static final long PARK_NANOS = 20_000;

    private final AtomicInteger tickets = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Worker[] workers;
    private Stage stage = new NoStage();
    private volatile boolean closed;

    /** Starts {@code threads - 1} daemon threads. */
    public ComputePool(int threads, String name) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1, name);
        }
        for (Worker worker : workers) {
            worker.thread.start();
        }
    }

    /** Number of workers, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /** Runs all tasks of a stage and returns when the last one is done; throws what a task threw. */
    public void run(Stage next) {
        int tasks = next.tasks();
        if (tasks <= 1 || workers.length == 0) {
            for (int task = tasks - 1; task >= 0; task--) {
                next.run(task, 0);
            }
            return;
        }
        stage = next;
        unfinished.set(tasks);
        tickets.set(tasks);
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker.thread);
            }
        }
        takeTasks(0);
        for (int spins = 0; unfinished.get() > 0; spins++) {
            if (spins < SPINS_BEFORE_PARK) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PARK_NANOS);
            }
        }
        Throwable thrown = failure.getAndSet(null);
        switch (thrown) {
            case null -> { }
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException("a compute task failed", thrown);
        }
    }

    private void takeTasks(int worker) {
        int ticket;
        while ((ticket = tickets.getAndDecrement()) > 0) {
            try {
                stage.run(ticket - 1, worker);
            } catch (RuntimeException | Error thrown) {
                failure.compareAndSet(null, thrown);
            } finally {
                unfinished.decrementAndGet();
            }
        }
    }

    /** Ends the workers. Idempotent. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker.thread);
        }
        boolean interrupted = false;
        for (Worker worker : workers) {
            while (worker.thread.isAlive()) {
                try {
                    worker.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker {
        private final int number;
        private final Thread thread;
        private volatile boolean parked;

        Worker(int number, String name) {
            this.number = number;
            this.thread = Thread.ofPlatform().daemon().name(name + "-" + number).unstarted(this::work);
        }

        private void work() {
            long idleSince = System.nanoTime();
            while (!closed) {
                if (tickets.get() > 0) {
                    takeTasks(number);
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (tickets.get() <= 0 && !closed) {
                        LockSupport.park(ComputePool.this);
                    }
                    parked = false;
                    idleSince = System.nanoTime();
                }
            }
        }
    }

    private record NoStage() implements Stage {
        @Override
        public int tasks() {
            return 0;
        }

        @Override
        public void run(int task, int worker) {
            throw new IllegalStateException("there is no task");
        }
    }
}
