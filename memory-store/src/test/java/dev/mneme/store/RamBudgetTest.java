package dev.mneme.store;

import static dev.mneme.store.Blocks.assertMissing;
import static dev.mneme.store.Blocks.assertServed;
import static dev.mneme.store.Blocks.delete;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.lease;
import static dev.mneme.store.Blocks.payload;
import static dev.mneme.store.Blocks.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is in memory is counted, stays within its budget, and comes back as it was. */
class RamBudgetTest {
    /** Of a model's size: three stretches of 64 KiB and a bit. */
    private static final BlockShape SHAPE = new BlockShape(3, 1 << 16);
    private static final long STRIDE = new BlockLayout(SHAPE).stride();
    /** What a block that is read counts for at most: its stretches, the first and the last shared with others. */
    private static final long MOST = STRIDE + 2 * PageAdvice.STRETCH;
    private static final int KEYS = 40;
    private static final long BUDGET = 10 * MOST;
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults().withArenaBytes(16 * STRIDE).withRamBudgetBytes(BUDGET);

    enum Kind { PUT, LEASE, HOLD, LET_GO, REMOVE, PREFETCH, REOPEN }

    record Step(Kind kind, int key) {
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelCountsNoMoreThanTheStoreDoes(@TempDir Path home) {
        try (BlockStore store = BlockStore.open(home, OPTIONS)) {
            for (int n = 0; n < KEYS; n++) {
                put(store, key(n), SHAPE);
                assertWithinBudget(store, home);
            }
            for (int n = KEYS - 1; n >= 0; n--) {
                assertServed(store, key(n), SHAPE);
                assertWithinBudget(store, home);
            }
            assertThat(store.verify().isSound()).isTrue();
            assertWithinBudget(store, home);
        }
        try (BlockStore again = BlockStore.open(home, OPTIONS)) {
            assertThat(again.verify().blocks()).isEqualTo(KEYS);
            assertThat(again.verify().isSound()).isTrue();
            assertWithinBudget(again, home);
        }
    }

    /** Without the budget all of it would stay: the test above would not notice a kernel that unmaps by itself. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutABudgetAllOfItStays(@TempDir Path home) {
        try (BlockStore store = BlockStore.open(home, OPTIONS.withRamBudgetBytes(Long.MAX_VALUE))) {
            for (int n = 0; n < KEYS; n++) {
                put(store, key(n), SHAPE);
            }
            assertThat(resident(home)).isGreaterThan(KEYS * STRIDE / 2);
        }
    }

    @Test
    void whatIsReadStaysAndGoesWithItsLastReader(@TempDir Path home) {
        try (BlockStore store = BlockStore.open(home, OPTIONS)) {
            List<BlockLease> held = new ArrayList<>();
            for (int n = 0; n < KEYS; n++) {
                put(store, key(n), SHAPE);
                held.add(lease(store, key(n), SHAPE));
            }
            settle(store);
            assertThat(store.usage().hotBytes()).isGreaterThanOrEqualTo(KEYS * STRIDE);
            for (BlockLease lease : held) {
                assertThat(lease.payload().mismatch(payload(lease.key(), SHAPE))).isEqualTo(-1);
                lease.close();
            }
            settle(store);
            assertThat(store.usage().hotBytes()).isLessThanOrEqualTo(BUDGET);
        }
    }

    @Test
    void whoAsksBeforeReadingIsToldWhatMayHaveToBeWaitedFor(@TempDir Path home) {
        try (BlockStore store = BlockStore.open(home, OPTIONS)) {
            put(store, key(0), SHAPE);
            assertThat(store.prefetch(key(0), SHAPE)).isFalse();
            assertThat(store.prefetch(key(1), SHAPE)).isFalse();
            for (int n = 1; n < KEYS; n++) {
                put(store, key(n), SHAPE);
            }
            settle(store);
            assertThat(store.prefetch(key(0), SHAPE)).isTrue();
            assertServed(store, key(0), SHAPE);
            assertThat(store.prefetch(key(0), SHAPE)).isFalse();
        }
        try (BlockStore again = BlockStore.open(home, OPTIONS)) {
            assertThat(again.prefetch(key(0), SHAPE)).isTrue();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(8, Kind.PUT), Tuple.of(8, Kind.LEASE), Tuple.of(5, Kind.HOLD), Tuple.of(5, Kind.LET_GO),
                Tuple.of(2, Kind.REMOVE), Tuple.of(2, Kind.PREFETCH), Tuple.of(1, Kind.REOPEN));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, KEYS - 1)).as(Step::new).list()
                .ofMinSize(60).ofMaxSize(120);
    }

    @Property(tries = 12, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void noMoreIsInMemoryThanTheBudgetOrWhatIsRead(@ForAll("steps") List<Step> steps) throws IOException {
        Path home = Files.createTempDirectory("mneme-ram");
        try (Run run = new Run(home)) {
            steps.forEach(run::take);
        } finally {
            delete(home);
        }
    }

    private static final class Run implements AutoCloseable {
        private final Path home;
        private final Set<Integer> there = new HashSet<>();
        private final List<BlockLease> held = new ArrayList<>();
        private BlockStore store;

        Run(Path home) {
            this.home = home;
            this.store = BlockStore.open(home, OPTIONS);
        }

        void take(Step step) {
            int n = step.key();
            switch (step.kind()) {
                case PUT -> {
                    put(store, key(n), SHAPE);
                    there.add(n);
                }
                case LEASE -> {
                    if (there.contains(n)) {
                        assertServed(store, key(n), SHAPE);
                    } else {
                        assertMissing(store, key(n), SHAPE);
                    }
                }
                case HOLD -> {
                    if (there.contains(n)) {
                        held.add(lease(store, key(n), SHAPE));
                    }
                }
                case LET_GO -> {
                    if (!held.isEmpty()) {
                        held.remove(n % held.size()).close();
                    }
                }
                case REMOVE -> {
                    if (held.stream().noneMatch(lease -> lease.key().equals(key(n)))) {
                        store.remove(List.of(key(n))).toCompletableFuture().join();
                        there.remove(n);
                    }
                }
                case PREFETCH -> store.prefetch(key(n), SHAPE);
                case REOPEN -> {
                    close();
                    store = BlockStore.open(home, OPTIONS);
                }
            }
            settle(store);
            long read = held.stream().map(BlockLease::key).distinct().count();
            assertThat(store.usage().hotBytes()).isLessThanOrEqualTo(Math.max(BUDGET, read * MOST));
            for (BlockLease lease : held) {
                assertThat(lease.payload().mismatch(payload(lease.key(), SHAPE))).isEqualTo(-1);
            }
        }

        @Override
        public void close() {
            held.forEach(BlockLease::close);
            held.clear();
            store.close();
        }
    }

    private static void assertWithinBudget(BlockStore store, Path home) {
        settle(store);
        long counted = store.usage().hotBytes();
        assertThat(counted).isLessThanOrEqualTo(BUDGET);
        // Each arena's directory, which lies before its blocks, is not counted.
        long directories = store.usage().arenas() * 2L * PageAdvice.STRETCH;
        assertThat(resident(home)).isLessThanOrEqualTo(counted + directories);
    }

    /** Waits until the store thread has done all that it was to do. */
    private static void settle(BlockStore store) {
        store.remove(List.of()).toCompletableFuture().join();
    }

    /** What the kernel counts for maps of files below a directory. */
    private static long resident(Path directory) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/smaps"))) {
            String root = directory.toRealPath().toString();
            boolean ours = false;
            long bytes = 0;
            for (String line : (Iterable<String>) lines::iterator) {
                if (line.startsWith("Rss:")) {
                    bytes += ours ? Long.parseLong(line.replaceAll("\\D", "")) << 10 : 0;
                } else if (line.matches("^[0-9a-f]+-[0-9a-f]+ .*")) {
                    ours = line.contains(root);
                }
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
