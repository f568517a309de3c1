package dev.mneme.runtime.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ComputePoolTest {
    /** Counts how often each of its tasks ran. */
    private record Counting(AtomicIntegerArray runs) implements Stage {
        Counting(int tasks) {
            this(new AtomicIntegerArray(tasks));
        }

        @Override
        public int tasks() {
            return runs.length();
        }

        @Override
        public void run(int task, int worker) {
            runs.incrementAndGet(task);
        }

        boolean eachOnce() {
            for (int i = 0; i < runs.length(); i++) {
                if (runs.get(i) != 1) {
                    return false;
                }
            }
            return true;
        }
    }

    private record Failing(int tasks) implements Stage {
        @Override
        public void run(int task, int worker) {
            if (task == 3) {
                throw new IllegalStateException("task 3");
            }
        }
    }

    @Test
    void everyTaskOfEveryStageRunsOnceBeforeTheNextStage() throws InterruptedException {
        try (ComputePool pool = new ComputePool(4, "pool-test")) {
            for (int stage = 0; stage < 20_000; stage++) {
                Counting counting = new Counting(stage % 9);
                pool.run(counting);
                assertThat(counting.eachOnce()).as("stage %d", stage).isTrue();
                if (stage % 4_000 == 0) {
                    Thread.sleep(2); // let the workers park
                }
            }
        }
    }

    @Test
    void whatATaskThrowsComesOutAndTheNextStageRuns() {
        try (ComputePool pool = new ComputePool(2, "pool-test")) {
            assertThatThrownBy(() -> pool.run(new Failing(8))).isInstanceOf(IllegalStateException.class).hasMessage("task 3");
            Counting counting = new Counting(100);
            pool.run(counting);
            assertThat(counting.eachOnce()).isTrue();
        }
    }
}
