package dev.mneme.store;

import dev.mneme.store.BlockEntry.Inspection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The blocks of one tenant: content-addressed, immutable while leased, kept within a disk budget, and in memory within a RAM
 * budget.
 *
 * <p>Thread-safe. Leasing happens on the caller's thread and takes no lock that a write holds. One store thread, a
 * daemon, puts, removes, evicts and gives memory back; stages complete on it, so dependents should be short or asynchronous. A process
 * that dies without {@link #close} loses only puts that had not completed.
 */
public final class BlockStore implements AutoCloseable {
    private final Path directory;
    private final StoreOptions options;
    private final FileChannel lock;
    private final BlockIndex index;
    private final ArenaShelf shelf;
    private final Semaphore waitingPuts;
    private final StoreThread storeThread;
    private final AtomicBoolean coolingDue = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private BlockStore(Path directory, StoreOptions options, LastWindows lastWindows, FileChannel lock)
            throws IOException {
        this.directory = directory;
        this.options = options;
        this.lock = lock;
        this.index = new BlockIndex(directory, this::removeWhenIdle, new HotBlocks(options.ramBudgetBytes()), this::coolSoon);
        this.shelf = new ArenaShelf(directory, options, lastWindows, index);
        this.waitingPuts = new Semaphore(options.waitingPuts());
        this.storeThread = new StoreThread(directory);
        shelf.load();
    }

    /** Opens a store for blocks without a window; those with one would all count as passed by. */
    static BlockStore open(Path tenantDirectory, StoreOptions options) {
        return open(tenantDirectory, options, window -> key -> false);
    }

    /**
     * Opens the store in a tenant's directory; its files go into {@code blocks/} there.
     *
     * @param lastWindows tells blocks that sessions need to go on from those that they have passed by
     * @throws StoreException.InUse if the directory is open already
     * @throws StoreException.NewerFormat if a newer program wrote it
     * @throws StoreException.Failed if it cannot be read or created
     */
    public static BlockStore open(Path tenantDirectory, StoreOptions options, LastWindows lastWindows) {
        Path directory = tenantDirectory.resolve("blocks").toAbsolutePath().normalize();
        try {
            Files.createDirectories(directory);
            FileChannel lock = lock(directory);
            try {
                return new BlockStore(directory, options, lastWindows, lock);
            } catch (IOException | RuntimeException | InternalError e) {
                lock.close();
                throw e;
            }
        } catch (IOException | InternalError e) {
            // An InternalError is a page of an arena that the device cannot read.
            throw new StoreException.Failed("Could not open the block store in " + directory, e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // This process has it, which is the same to the caller.
        }
        channel.close();
        throw new StoreException.InUse(directory);
    }

    /**
     * Asks for a block to read in place. The first lease of a block in a process reads all of it and checks it.
     *
     * @throws StoreException.Closed after {@link #close}
     */
    public LeaseResult lease(BlockKey key, BlockShape shape) {
        BlockEntry entry = index.pin(key, shape);
        if (entry == null) {
            return new LeaseResult.Missing();
        }
        switch (inspected(entry)) {
            case Inspection.Sound(long checksum) -> {
                return new LeaseResult.Leased(new BlockLease(entry, index, checksum));
            }
            case Inspection.Unsound(String reason, int section) -> {
                index.unpin(entry);
                return new LeaseResult.Damaged(reason, section);
            }
        }
    }

    private static Inspection inspected(BlockEntry pinned) {
        Inspection known = pinned.inspection;
        if (known == null) {
            known = pinned.arena.bytes().inspect(pinned.slot, pinned.key);
            pinned.inspection = known;
        }
        return known;
    }

    /**
     * Stores a block. The payload is read when its turn comes: it must stay as it is, and alive, until the stage
     * completes (that saves copying it twice). A sound block that is there already is kept, a damaged one overwritten.
     * Blocks the caller while {@link StoreOptions#waitingPuts} puts wait.
     *
     * @param payload {@code shape.payloadBytes()} bytes, native memory or a heap byte array
     * @return the stored block's checksum; fails with {@link StoreException.Full}, {@link StoreException.Failed} or
     *     {@link StoreException.Closed}
     */
    public CompletionStage<Long> put(BlockKey key, BlockShape shape, MemorySegment payload) {
        requirePayload(payload, shape);
        waitingPuts.acquireUninterruptibly();
        CompletableFuture<Long> stored = storeThread.run(() -> store(key, shape, payload));
        return stored.whenComplete((_, _) -> waitingPuts.release());
    }

    /**
     * Stores a block as {@link #put} does, and leases it before anything can make it go again. A caller that does not want
     * it any more closes the lease when it comes.
     */
    public CompletionStage<BlockLease> putLeased(BlockKey key, BlockShape shape, MemorySegment payload) {
        requirePayload(payload, shape);
        waitingPuts.acquireUninterruptibly();
        CompletableFuture<BlockLease> stored = storeThread.run(() -> {
            long checksum = store(key, shape, payload);
            BlockEntry entry = Objects.requireNonNull(index.pin(key, shape));
            return new BlockLease(entry, index, checksum);
        });
        return stored.whenComplete((_, _) -> waitingPuts.release());
    }

    private static void requirePayload(MemorySegment payload, BlockShape shape) {
        if (payload.byteSize() != shape.payloadBytes()) {
            throw new IllegalArgumentException("A block of " + shape + " has " + shape.payloadBytes() + " bytes, not " + payload.byteSize());
        }
    }

    private long store(BlockKey key, BlockShape shape, MemorySegment payload) {
        BlockEntry present = index.keep(key, shape);
        if (present != null) {
            if (inspected(present) instanceof Inspection.Sound(long checksum)) {
                return checksum;
            }
            if (!index.take(present, options.leaseDeadline())) {
                throw new StoreException.StillLeased("The damaged block " + key + " is still being read");
            }
            present.arena.free(present, index);
        }
        ArenaFile arena = shelf.room(shape);
        BlockHeader header = BlockHeader.of(key, shape, index.nextTick(), payload);
        BlockEntry entry = new BlockEntry(key, arena, arena.write(header, payload), header.tick());
        entry.inspection = new Inspection.Sound(header.blockChecksum());
        index.addWritten(entry);
        return header.blockChecksum();
    }

    /**
     * Says that a block will be leased soon, so that the kernel begins to read it if it is not in memory: several are then
     * read side by side, and as a whole each. Returns before it is there, and at once for what was leased or put lately.
     *
     * @return whether it is there and was neither, so that whoever reads it now may have to wait
     * @throws StoreException.Closed after {@link #close}
     */
    public boolean prefetch(BlockKey key, BlockShape shape) {
        BlockEntry entry = index.pinCold(key, shape);
        if (entry == null) {
            return false;
        }
        try {
            entry.arena.bytes().prefetch(entry.slot);
            return true;
        } finally {
            index.unpin(entry);
        }
    }

    /** Once for all that asks while it waits. */
    private void coolSoon() {
        if (coolingDue.compareAndSet(false, true)) {
            CompletableFuture<Boolean> _ = storeThread.run(() -> {
                coolingDue.set(false);
                shelf.arenas().forEach(ArenaFile::mapByPages);
                index.cool().forEach(unused -> unused.arena().giveBack(unused.from(), unused.to()));
                return true;
            });
        }
    }

    /** The checksum that a block with this payload has, for comparing one that was rebuilt. */
    public static long checksum(MemorySegment payload, BlockShape shape) {
        requirePayload(payload, shape);
        return BlockHeader.blockChecksum(payload, shape);
    }

    /**
     * Removes blocks, of whatever shape; those that are absent are no error. A block that is being read is not leased
     * any more and goes with its last lease.
     *
     * @return completes when all are gone, or with {@link StoreException.StillLeased} at the deadline, although the
     *     rest will still go
     */
    public CompletionStage<Void> remove(Collection<BlockKey> keys) {
        List<BlockKey> wanted = List.copyOf(keys);
        return storeThread.run(() -> condemn(wanted))
                .thenCompose(CompletableFuture::allOf)
                .orTimeout(options.leaseDeadline().toNanos() + 1, TimeUnit.NANOSECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedStage(e instanceof TimeoutException
                        ? new StoreException.StillLeased("Blocks to be removed from " + directory + " are still being read")
                        : e));
    }

    private CompletableFuture<?>[] condemn(List<BlockKey> keys) {
        List<CompletableFuture<Void>> removals = new ArrayList<>();
        for (BlockEntry entry : index.find(keys)) {
            removals.add(index.condemn(entry));
            finishRemoval(entry);
        }
        return removals.toArray(CompletableFuture[]::new);
    }

    private void removeWhenIdle(BlockEntry entry) {
        CompletableFuture<BlockEntry> _ = storeThread.run(() -> {
            finishRemoval(entry);
            return entry;
        });
    }

    private void finishRemoval(BlockEntry entry) {
        boolean taken = index.takeCondemned(entry);
        CompletableFuture<Void> removal = index.removalOfTaken(entry);
        if (removal != null) {
            try {
                if (taken) {
                    entry.arena.free(entry, index);
                }
                removal.complete(null);
            } catch (RuntimeException e) {
                removal.completeExceptionally(e);
            }
        }
    }

    /** Reads and checks every block, whatever was checked before. Blocks can be used meanwhile. */
    public StoreReport verify() {
        int blocks = 0;
        long bytes = 0;
        Map<BlockKey, Long> sound = new HashMap<>();
        List<StoreReport.DamagedBlock> damaged = new ArrayList<>();
        for (BlockEntry entry : index.all()) {
            if (!index.pinUnused(entry)) {
                continue;
            }
            try {
                blocks++;
                bytes += entry.shape().payloadBytes();
                Inspection inspection = entry.arena.bytes().inspect(entry.slot, entry.key);
                entry.inspection = inspection;
                switch (inspection) {
                    case Inspection.Sound(long checksum) -> sound.put(entry.key, checksum);
                    case Inspection.Unsound(String reason, int section) ->
                            damaged.add(new StoreReport.DamagedBlock(entry.key, entry.shape(), reason, section));
                }
            } finally {
                index.unpin(entry);
            }
        }
        return new StoreReport(blocks, bytes, sound, damaged, shelf.findings());
    }

    /** Says that what was lost with whole arena files was looked after: {@link #verify} does not report it any more. */
    public void lossesMended() {
        shelf.findings().clear();
    }

    public StoreUsage usage() {
        List<BlockEntry> all = index.all();
        return new StoreUsage(all.size(), all.stream().mapToLong(entry -> entry.shape().payloadBytes()).sum(),
                shelf.arenas().size(), shelf.bytes(), options.diskBudgetBytes(), index.hotBytes(), options.ramBudgetBytes(),
                index.leases());
    }

    /**
     * Refuses new work, finishes what waits, waits for leases up to the deadline, then syncs and unmaps everything.
     * Closing again waits for the first closing.
     *
     * @throws StoreException.StillLeased if leases were open at the deadline; all is closed nevertheless, and reading
     *     through them throws {@link IllegalStateException}
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                int open = index.close(options.leaseDeadline());
                storeThread.close(shelf::close);
                lock.close();
                if (open > 0) {
                    throw new StoreException.StillLeased(open + " leases were open when the block store in " + directory + " was closed");
                }
            } catch (IOException e) {
                throw new StoreException.Failed("Could not unlock " + directory, e);
            } finally {
                closed.complete(null);
            }
        } else {
            closed.join();
        }
    }
}
