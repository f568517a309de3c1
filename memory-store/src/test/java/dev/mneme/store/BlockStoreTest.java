package dev.mneme.store;

import static dev.mneme.store.Blocks.OTHER;
import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.assertMissing;
import static dev.mneme.store.Blocks.assertServed;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.lease;
import static dev.mneme.store.Blocks.payload;
import static dev.mneme.store.Blocks.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockStoreTest {
    private static final int STRIDE = new BlockLayout(SMALL).stride();
    private static final StoreOptions FOUR_A_FILE = StoreOptions.defaults()
            .withArenaBytes(4L * STRIDE)
            .withLeaseDeadline(Duration.ofSeconds(1));

    private final Path home;

    BlockStoreTest(@TempDir Path home) {
        this.home = home;
    }

    @Test
    void whatWasPutIsServedBitForBitAcrossArenasAndRestarts() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            for (int i = 0; i < 11; i++) {
                assertThat(put(store, key(i), SMALL)).isEqualTo(BlockStore.checksum(payload(key(i), SMALL), SMALL));
                put(store, key(i), OTHER);
            }
            assertThat(store.usage().arenas()).isGreaterThanOrEqualTo(6);
        }
        for (int restart = 0; restart < 3; restart++) {
            try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
                for (int i = 0; i < 11 + restart; i++) {
                    assertServed(store, key(i), SMALL);
                }
                for (int i = 0; i < 11; i++) {
                    assertServed(store, key(i), OTHER);
                }
                assertMissing(store, key(99), SMALL);
                put(store, key(11 + restart), SMALL);
                assertThat(store.verify().isSound()).isTrue();
            }
        }
    }

    /** A block that is to go with its last lease may have to make room for another one before it is its turn to go. */
    @Test
    void aRemovalIsDoneWhereItsBlockWasEvictedFirst() throws Exception {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE.withDiskBudgetBytes(5L * STRIDE))) {
            put(store, key(0), SMALL);
            BlockLease read = lease(store, key(0), SMALL);
            for (int i = 1; i < 4; i++) {
                put(store, key(i), SMALL);
            }
            CompletionStage<Void> removed = store.remove(List.of(key(0)));
            put(store, key(3), SMALL);

            CountDownLatch stopped = stopStoreThread(store, key(3));
            CompletionStage<Long> evicting = store.put(key(4), SMALL, payload(key(4), SMALL));
            read.close();
            stopped.countDown();

            evicting.toCompletableFuture().join();
            removed.toCompletableFuture().join();
            assertMissing(store, key(0), SMALL);
            assertServed(store, key(4), SMALL);
            assertThat(store.usage().blocks()).isEqualTo(4);
        }
    }

    /** Stages complete on the store thread, and what hangs on one that is not complete yet can hold that up. */
    private static CountDownLatch stopStoreThread(BlockStore store, BlockKey stored) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        while (stopped.getCount() > 0) {
            CompletionStage<Void> unused = store.put(stored, SMALL, payload(stored, SMALL)).thenRun(() -> {
                if (Thread.currentThread().getName().startsWith("mneme-store") && stopped.getCount() > 0) {
                    stopped.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            boolean ignored = stopped.await(10, TimeUnit.MILLISECONDS);
        }
        return goOn;
    }

    @Test
    void puttingAgainKeepsTheBlock() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            long first = put(store, key(1), SMALL);
            assertThat(put(store, key(1), SMALL)).isEqualTo(first);
            assertThat(store.usage().blocks()).isEqualTo(1);
        }
    }

    @Test
    void removedBlocksAreMissingAndTheirRoomIsUsedAgain() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            for (int i = 0; i < 4; i++) {
                put(store, key(i), SMALL);
            }
            store.remove(List.of(key(1), key(2), key(77))).toCompletableFuture().join();
            assertMissing(store, key(1), SMALL);
            put(store, key(5), SMALL);
            put(store, key(6), SMALL);
            assertThat(store.usage().arenas()).isEqualTo(1);
        }
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            for (int i : new int[] {0, 3, 5, 6}) {
                assertServed(store, key(i), SMALL);
            }
            assertMissing(store, key(2), SMALL);
        }
    }

    @Test
    void aBlockThatIsReadIsRemovedOnlyAfterItsLastLease() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            put(store, key(1), SMALL);
            BlockLease lease = lease(store, key(1), SMALL);
            CompletionStage<Void> removal = store.remove(List.of(key(1)));
            assertThatThrownBy(() -> removal.toCompletableFuture().join()).hasCauseInstanceOf(StoreException.StillLeased.class);
            assertMissing(store, key(1), SMALL);
            assertThat(lease.payload().mismatch(payload(key(1), SMALL))).isEqualTo(-1);
            lease.close();
            store.remove(List.of(key(1))).toCompletableFuture().join();
            assertThat(store.usage().blocks()).isZero();
        }
    }

    @Test
    void theBudgetEvictsTheLeastRecentlyUsedAlsoAfterARestart() {
        StoreOptions oneFile = FOUR_A_FILE.withDiskBudgetBytes(6L * STRIDE + 16_384);
        try (BlockStore store = BlockStore.open(home, oneFile)) {
            for (int i = 0; i < 4; i++) {
                put(store, key(i), SMALL);
            }
            assertServed(store, key(0), SMALL);
        }
        try (BlockStore store = BlockStore.open(home, oneFile.withDiskBudgetBytes(4L * STRIDE))) {
            put(store, key(4), SMALL);
            put(store, key(5), SMALL);
            assertMissing(store, key(1), SMALL);
            assertMissing(store, key(2), SMALL);
            assertServed(store, key(0), SMALL);
            assertServed(store, key(3), SMALL);
        }
    }

    @Test
    void aFullStoreOfLeasedBlocksRefusesAndGoesOn() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE.withDiskBudgetBytes(4L * STRIDE))) {
            for (int i = 0; i < 4; i++) {
                put(store, key(i), SMALL);
            }
            List<BlockLease> leases = List.of(lease(store, key(0), SMALL), lease(store, key(1), SMALL),
                    lease(store, key(2), SMALL), lease(store, key(3), SMALL));
            assertThatThrownBy(() -> put(store, key(4), SMALL)).isInstanceOf(StoreException.Full.class);
            assertThatThrownBy(() -> put(store, key(4), OTHER)).isInstanceOf(StoreException.Full.class);
            leases.get(2).close();
            put(store, key(4), SMALL);
            assertMissing(store, key(2), SMALL);
            leases.forEach(BlockLease::close);
            put(store, key(4), OTHER);
            assertServed(store, key(4), OTHER);
        }
    }

    @Test
    void closingTakesAwayLeasesAfterTheDeadlineWithoutHarm() {
        BlockStore store = BlockStore.open(home, FOUR_A_FILE.withLeaseDeadline(Duration.ofMillis(50)));
        put(store, key(1), SMALL);
        BlockLease lease = lease(store, key(1), SMALL);
        assertThatThrownBy(store::close).isInstanceOf(StoreException.StillLeased.class);
        assertThatThrownBy(() -> lease.payload().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        lease.close();
        store.close();
        assertThatThrownBy(() -> store.lease(key(1), SMALL)).isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(() -> put(store, key(2), SMALL)).isInstanceOf(StoreException.Closed.class);
        try (BlockStore again = BlockStore.open(home, FOUR_A_FILE)) {
            assertServed(again, key(1), SMALL);
        }
    }

    @Test
    void aDirectoryHasOneStore() {
        try (BlockStore store = BlockStore.open(home, FOUR_A_FILE)) {
            assertThatThrownBy(() -> BlockStore.open(home, FOUR_A_FILE)).isInstanceOf(StoreException.InUse.class);
            put(store, key(1), SMALL);
        }
    }
}
