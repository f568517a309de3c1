package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.assertMissing;
import static dev.mneme.store.Blocks.assertServed;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.lease;
import static dev.mneme.store.Blocks.payload;
import static dev.mneme.store.Blocks.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks with a window: those that all sessions have passed by go first, those of a last window stay. */
class WindowBudgetTest {
    private static final BlockShape WINDOWED = new BlockShape(3, 64, 32);
    private static final int SLOTS = 8;
    private static final long ARENA = (long) SLOTS * new BlockLayout(WINDOWED).stride();
    private static final StoreOptions ONE_ARENA = StoreOptions.defaults()
            .withArenaBytes(ARENA)
            .withWindowBudgetBytes(ARENA)
            .withLeaseDeadline(Duration.ofSeconds(1));

    private final Path home;
    private final Set<BlockKey> needed = ConcurrentHashMap.newKeySet();

    WindowBudgetTest(@TempDir Path home) {
        this.home = home;
    }

    private BlockStore open(StoreOptions options) {
        return BlockStore.open(home, options, window -> {
            assertThat(window).isEqualTo(WINDOWED.window());
            return needed::contains;
        });
    }

    @Test
    void theOldestUseGoesFirstAndNeverWhatIsNeededOrRead() {
        needed.add(key(2));
        try (BlockStore store = open(ONE_ARENA)) {
            IntStream.range(0, SLOTS).forEach(i -> put(store, key(i), WINDOWED));
            assertServed(store, key(1), WINDOWED);
            try (BlockLease read = lease(store, key(3), WINDOWED)) {
                // Of 0, 2, 3 (read), 4, 5, 6, 7, 1, by use.
                put(store, key(8), WINDOWED);
                put(store, key(9), WINDOWED);
                put(store, key(10), WINDOWED);
                assertThat(read.payload().mismatch(payload(key(3), WINDOWED))).isEqualTo(-1);
            }
            for (int gone : new int[] {0, 4, 5}) {
                assertMissing(store, key(gone), WINDOWED);
            }
            for (int kept : new int[] {1, 2, 3, 6, 7, 8, 9, 10}) {
                assertServed(store, key(kept), WINDOWED);
            }
            assertThat(store.usage().arenas()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNeededComesOnTopOfTheBudgetAndIsGivenUpWhenItIsNoMore() {
        try (BlockStore store = open(ONE_ARENA)) {
            for (int i = 0; i < 3 * SLOTS; i++) {
                needed.add(key(i));
                put(store, key(i), WINDOWED);
            }
            IntStream.range(0, 3 * SLOTS).forEach(i -> assertServed(store, key(i), WINDOWED));
            int arenas = store.usage().arenas();
            assertThat(arenas).isGreaterThanOrEqualTo(3);
            needed.clear();
            IntStream.range(100, 100 + 4 * SLOTS).forEach(i -> put(store, key(i), WINDOWED));
            assertThat(store.usage().arenas()).isLessThanOrEqualTo(arenas);
            IntStream.range(0, 3 * SLOTS).forEach(i -> assertMissing(store, key(i), WINDOWED));
        }
    }

    /** Else the next block might take its place before anybody can say that it is needed. */
    @Test
    void whatIsLeasedAsItIsPutStays() {
        List<BlockLease> leases = new ArrayList<>();
        try (BlockStore store = open(ONE_ARENA)) {
            for (int i = 0; i < 3 * SLOTS; i++) {
                leases.add(store.putLeased(key(i % (2 * SLOTS)), WINDOWED, payload(key(i % (2 * SLOTS)), WINDOWED))
                        .toCompletableFuture()
                        .join());
            }
            for (int i = 0; i < 3 * SLOTS; i++) {
                assertThat(leases.get(i).payload().mismatch(payload(key(i % (2 * SLOTS)), WINDOWED))).isEqualTo(-1);
            }
            assertThat(store.usage().leases()).isEqualTo(3 * SLOTS);
            leases.forEach(BlockLease::close);
            put(store, key(100), WINDOWED);
            assertMissing(store, key(SLOTS), WINDOWED);
        }
    }

    @Test
    void theWindowIsKnownAfterARestart() {
        try (BlockStore store = open(ONE_ARENA)) {
            put(store, key(1), WINDOWED);
            put(store, key(1), SMALL);
        }
        try (BlockStore store = open(ONE_ARENA)) {
            assertServed(store, key(1), WINDOWED);
            assertServed(store, key(1), SMALL);
            IntStream.range(2, 40).forEach(i -> put(store, key(i), WINDOWED));
            assertMissing(store, key(1), WINDOWED);
            assertServed(store, key(1), SMALL);
            assertThat(store.verify().isSound()).isTrue();
        }
    }

    /** The windowed arena is the last that was used, and yet goes first. */
    @Test
    void whereTheDiskIsFullWhatWasPassedGoesBeforeAllElse() {
        long arena;
        try (BlockStore store = open(ONE_ARENA)) {
            IntStream.range(0, SLOTS).forEach(i -> put(store, key(i), SMALL));
            arena = store.usage().arenaBytes();
        }
        try (BlockStore store = open(ONE_ARENA.withDiskBudgetBytes(2 * arena + ARENA - 1))) {
            put(store, key(50), WINDOWED);
            IntStream.range(SLOTS, 2 * SLOTS).forEach(i -> put(store, key(i), SMALL));
            assertMissing(store, key(50), WINDOWED);
            IntStream.range(0, 2 * SLOTS).forEach(i -> assertServed(store, key(i), SMALL));
        }
    }

    /** What is needed changes while blocks are put and read: the block that a session is at is always there. */
    @Test
    void sessionsFindTheirLastWindowsWhateverTheOthersDo() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
                BlockStore store = open(ONE_ARENA)) {
            List<Future<?>> sessions = new ArrayList<>();
            for (int session = 0; session < 3; session++) {
                long first = 1000L * session;
                sessions.add(threads.submit(() -> goOn(store, first)));
            }
            Future<?> reader = threads.submit(() -> {
                Random random = new Random(7);
                while (!done.get()) {
                    if (store.lease(key(1000L * random.nextInt(3) + random.nextInt(150)), WINDOWED)
                            instanceof LeaseResult.Leased(BlockLease lease)) {
                        lease.close();
                    }
                }
            });
            for (Future<?> session : sessions) {
                session.get();
            }
            done.set(true);
            reader.get();
            assertThat(store.verify().isSound()).isTrue();
        }
    }

    /** A session of 150 blocks that sees two: as one does, it notes what it needs before the blocks before are passed by. */
    private void goOn(BlockStore store, long first) {
        Set<BlockKey> own = new HashSet<>();
        for (long block = first; block < first + 150; block++) {
            needed.add(key(block));
            own.add(key(block));
            put(store, key(block), WINDOWED);
            if (block - first >= 2) {
                needed.remove(key(block - 2));
                own.remove(key(block - 2));
            }
            own.forEach(key -> assertServed(store, key, WINDOWED));
        }
    }
}
