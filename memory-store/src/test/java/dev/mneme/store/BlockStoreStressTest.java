package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers against puts, removals, evictions and memory that is given back at once, on real files, until the store is closed under their hands. */
class BlockStoreStressTest {
    private static final int KEYS = 24;
    private static final int READERS = 3;
    private static final Duration LENGTH = Duration.ofMillis(1500);
    private static final StoreOptions OPTIONS = StoreOptions.defaults()
            .withArenaBytes(4L * new BlockLayout(SMALL).stride())
            .withDiskBudgetBytes(20_000L)
            .withRamBudgetBytes(0)
            .withWaitingPuts(3);

    private final Path home;

    BlockStoreStressTest(@TempDir Path home) {
        this.home = home;
    }

    @Test
    void readersSeeTheirBlocksWhateverIsPutRemovedEvictedOrClosed() throws Exception {
        long end = System.nanoTime() + LENGTH.toNanos();
        AtomicInteger reads = new AtomicInteger();
        // Not virtual: readers that never wait would keep both carriers of a small machine from those who change.
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
                // Closed before the threads are waited for, also after a failure: that is what ends the readers.
                BlockStore store = BlockStore.open(home, OPTIONS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                running.add(threads.submit(() -> read(store, reads)));
            }
            running.add(threads.submit(() -> change(store, end)));
            running.add(threads.submit(() -> change(store, end)));
            running.get(READERS).get();
            running.get(READERS + 1).get();
            assertThat(store.verify().isSound()).isTrue();
            store.close();
            for (Future<?> done : running) {
                done.get();
            }
        }
        assertThat(reads.get()).isPositive();
        try (BlockStore again = BlockStore.open(home, OPTIONS)) {
            assertThat(again.verify().isSound()).isTrue();
        }
    }

    private static void read(BlockStore store, AtomicInteger reads) {
        Random random = new Random();
        try {
            while (true) {
                BlockKey key = key(random.nextInt(KEYS));
                store.prefetch(key, SMALL);
                if (store.lease(key, SMALL) instanceof LeaseResult.Leased(BlockLease lease)) {
                    try (lease) {
                        assertThat(lease.payload().mismatch(payload(key, SMALL))).isEqualTo(-1);
                        reads.incrementAndGet();
                    }
                }
            }
        } catch (StoreException.Closed _) {
            // The end of the test.
        }
    }

    private static void change(BlockStore store, long end) {
        Random random = new Random();
        while (System.nanoTime() < end) {
            BlockKey key = key(random.nextInt(KEYS));
            if (random.nextInt(4) > 0) {
                assertThat(store.put(key, SMALL, payload(key, SMALL)).toCompletableFuture().join())
                        .isEqualTo(BlockStore.checksum(payload(key, SMALL), SMALL));
            } else {
                store.remove(List.of(key)).toCompletableFuture().join();
            }
        }
    }
}
