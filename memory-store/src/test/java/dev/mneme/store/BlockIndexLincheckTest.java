package dev.mneme.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving that Lincheck finds of readers with one writer, on the index as the store drives it. Slots are
 * cells of an array that the writer scribbles over as soon as it may, so that a reader who was not safe sees it.
 */
class BlockIndexLincheckTest {
    private static final BlockShape SHAPE = new BlockShape(1, 64);
    private static final int SLOTS = 1;
    private static final long BYTES = (long) SLOTS * new BlockLayout(SHAPE).stride();
    private static final int SCRIBBLED = -1;
    private static final int MISSING = -2;
    private static final int CLOSED = -3;

    private static ArenaFile arena() {
        try {
            Path file = Files.createTempFile("mneme-index", ArenaFile.SUFFIX);
            Files.write(file, new byte[(int) BYTES]);
            ArenaFile arena = ArenaFile.load(file, new ArenaLayout(SHAPE, SLOTS, 0, BYTES), false);
            Files.delete(file);
            return arena;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Readers on any thread; puts, removals and evictions on one at a time, as the store thread does them. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    public static class Readers {
        private final Queue<BlockEntry> due = new ConcurrentLinkedQueue<>();
        private final HotBlocks hot = new HotBlocks(0);
        private final BlockIndex index = new BlockIndex(Path.of("test"), due::add, hot, () -> { });
        private final ArenaFile arena = arena();
        private final int[] slots = new int[SLOTS];
        private final ArrayDeque<Integer> free = new ArrayDeque<>();
        private boolean unmapped;
        private boolean violated;

        public Readers() {
            for (int slot = 0; slot < SLOTS; slot++) {
                free.add(slot);
                slots[slot] = SCRIBBLED;
            }
        }

        @Operation
        public int read(@Param(name = "key") int key) {
            BlockEntry entry;
            try {
                entry = index.pin(new BlockKey(0, key), SHAPE);
            } catch (StoreException.Closed _) {
                return CLOSED;
            }
            if (entry == null) {
                return MISSING;
            }
            int before = slots[entry.slot];
            int after = slots[entry.slot];
            boolean gone = unmapped;
            index.unpin(entry);
            if (before != key || after != key || gone) {
                violated = true;
            }
            return key;
        }

        @Validate
        public void everyReadSawItsBlock() {
            if (violated) {
                throw new IllegalStateException("a reader saw another block than its own, or memory that was gone");
            }
            cool();
            if (index.hotBytes() != 0) {
                throw new IllegalStateException(index.hotBytes() + " bytes are counted as in memory that nobody reads");
            }
        }

        @Operation(nonParallelGroup = "store")
        public void put(@Param(name = "key") int key) {
            finishRemovals();
            if (unmapped || index.keep(new BlockKey(0, key), SHAPE) != null) {
                return;
            }
            if (free.isEmpty()) {
                List<BlockEntry> coldest = index.takeColdest(SHAPE, entry -> entry.key.low() != key, 2);
                if (coldest.isEmpty()) {
                    return;
                }
                coldest.forEach(this::release);
            }
            int slot = free.remove();
            slots[slot] = key;
            index.addWritten(new BlockEntry(new BlockKey(0, key), arena, slot, index.nextTick()));
        }

        @Operation(nonParallelGroup = "store")
        public void remove(@Param(name = "key") int key) {
            for (BlockEntry entry : index.all()) {
                if (entry.key.low() == key) {
                    var _ = index.condemn(entry);
                    finishRemoval(entry);
                }
            }
        }

        @Operation(nonParallelGroup = "store")
        public void finishRemovals() {
            for (BlockEntry entry = due.poll(); entry != null; entry = due.poll()) {
                finishRemoval(entry);
            }
        }

        @Operation(nonParallelGroup = "store")
        public void cool() {
            for (ArenaStretches.Unused unused : index.cool()) {
                violated |= unused.arena() != arena || unused.from() != 0 || unused.to() != BYTES;
            }
        }

        @Operation(nonParallelGroup = "store")
        public void close() {
            if (index.close(Duration.ZERO) == 0) {
                unmapped = true;
            }
        }

        private void finishRemoval(BlockEntry entry) {
            if (index.takeCondemned(entry)) {
                release(entry);
            }
        }

        private void release(BlockEntry entry) {
            slots[entry.slot] = SCRIBBLED;
            free.add(entry.slot);
        }
    }

    @Test
    void noInterleavingShowsAReaderWhatTheWriterDoes() {
        new ModelCheckingOptions().iterations(20).invocationsPerIteration(40).threads(2).actorsBefore(2).actorsPerThread(2).actorsAfter(0)
                .verifier(EpsilonVerifier.class).check(Readers.class);
    }
}
