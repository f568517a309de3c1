package dev.mneme.actors.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.TinyTenant;
import dev.mneme.runtime.kv.KvLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What of a session counts as waited for. */
@Timeout(60)
class ColdBlocksTest {
    private static final int BLOCKS = 12;

    @TempDir
    private Path directory;

    @Test
    void whatIsInMemoryIsNotWaitedFor() {
        try (TinyTenant tenant = new TinyTenant(directory, Long.MAX_VALUE);
                SessionMemory memory = filled(tenant)) {
            giveUpAllButTheFirst(tenant, memory);
            memory.sealed(1, 0);
            memory.expect(List.of(2, 3));

            assertThat(memory.coldNanos()).isZero();
        }
    }

    @Test
    void whatWasGivenBackIsWaitedForUntilItIsInMemory() {
        try (TinyTenant tenant = new TinyTenant(directory, 1);
                SessionMemory memory = filled(tenant)) {
            giveUpAllButTheFirst(tenant, memory);
            long before = System.nanoTime();
            memory.sealed(1, 0);
            long one = memory.coldNanos();
            memory.expect(List.of(2, 3));
            long more = memory.coldNanos();
            long took = System.nanoTime() - before;
            memory.sealed(2, 0);

            assertThat(one).isPositive();
            assertThat(more).isGreaterThan(one).isLessThanOrEqualTo(took);
            assertThat(memory.coldNanos()).isEqualTo(more);
        }
    }

    /** Blocks in the store, leased as they were put. */
    private static SessionMemory filled(TinyTenant tenant) {
        SessionMemory memory = tenant.open("s").memory();
        IntStream.range(0, BLOCKS).forEach(block -> memory.open(block, 0));
        IntStream.range(0, BLOCKS * KvLayout.BLOCK).forEach(memory::extend);
        memory.rebuilt(0, BLOCKS * KvLayout.BLOCK);
        return memory;
    }

    private static void giveUpAllButTheFirst(TinyTenant tenant, SessionMemory memory) {
        memory.sealed(0, 0);
        memory.beginStep();
        tenant.settle();
    }
}
