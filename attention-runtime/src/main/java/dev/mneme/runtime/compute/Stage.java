package dev.mneme.runtime.compute;

/** Independent tasks that may run at once, in any order, on any worker. */
public interface Stage {
    /** Number of tasks, fixed while the stage runs. */
    int tasks();

    /**
     * Does one task.
     *
     * @param task   from 0 to {@link #tasks()} - 1; higher ones are started first
     * @param worker which worker runs it, 0 is the calling thread: selects scratch memory, never a result
     */
    void run(int task, int worker);
}
