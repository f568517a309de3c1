package dev.mneme.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks there are, who reads them, and in what order they were used. One lock guards it all and is held for a
 * few field accesses only, never over I/O.
 *
 * <p>The rule that keeps readers safe: an entry leaves the index only while it has no pins, and its bytes are touched
 * only after it left. So whoever got a pin reads bytes that nobody changes, and whoever took an entry out owns it.
 */
final class BlockIndex {
    private record Id(BlockKey key, BlockShape shape) {
    }

    private final Path directory;
    private final Consumer<BlockEntry> removalDue;
    private final HotBlocks hot;
    private final Runnable coolingDue;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition unpinned = lock.newCondition();
    private final Map<Id, BlockEntry> coldestFirst = new LinkedHashMap<>(64, 0.75f, true);
    private long tick;
    private int leases;
    private boolean closed;

    /**
     * @param directory named in errors
     * @param removalDue told, outside the lock, of an entry to be removed that lost its last pin
     * @param hot counts what is in memory
     * @param coolingDue called, outside the lock, when {@link #cool} has something to give back
     */
    BlockIndex(Path directory, Consumer<BlockEntry> removalDue, HotBlocks hot, Runnable coolingDue) {
        this.directory = directory;
        this.removalDue = removalDue;
        this.hot = hot;
        this.coolingDue = coolingDue;
    }

    /** Adds a block that was just written, as the most recently used one. */
    void addWritten(BlockEntry entry) {
        heating(() -> {
            add(entry);
            hot.useWritten(entry);
        });
    }

    /** Does under the lock what brings something into memory, and then says if cooling is due. */
    private void heating(Runnable change) {
        boolean cool;
        lock.lock();
        try {
            change.run();
            cool = hot.isCoolingDue();
        } finally {
            lock.unlock();
        }
        if (cool) {
            coolingDue.run();
        }
    }

    /** Adds a block as the most recently used one. */
    void add(BlockEntry entry) {
        lock.lock();
        try {
            tick = Math.max(tick, entry.lastUse);
            entry.arena.used(entry.lastUse);
            coldestFirst.put(id(entry), entry);
            entry.indexed = true;
        } finally {
            lock.unlock();
        }
    }

    /** The time of the index's clock, which counts uses; later than every use so far. */
    long nextTick() {
        lock.lock();
        try {
            return ++tick;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a block from changing until {@link #unpin}; {@code null} if there is none, or it is to go. */
    @Nullable BlockEntry pin(BlockKey key, BlockShape shape) {
        BlockEntry entry;
        boolean cool;
        lock.lock();
        try {
            entry = pinnable(key, shape);
            if (entry == null) {
                return null;
            }
            use(entry);
            cool = pin(entry);
        } finally {
            lock.unlock();
        }
        if (cool) {
            coolingDue.run();
        }
        return entry;
    }

    /** Pins a block that is to be fetched before it is read; {@code null} if there is none or it is in memory. */
    @Nullable BlockEntry pinCold(BlockKey key, BlockShape shape) {
        lock.lock();
        try {
            BlockEntry entry = pinnable(key, shape);
            if (entry == null || hot.isHot(entry)) {
                return null;
            }
            count(entry);
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** The block, if there is one that is not to go. */
    private @Nullable BlockEntry pinnable(BlockKey key, BlockShape shape) {
        requireOpen();
        BlockEntry entry = coldestFirst.get(new Id(key, shape));
        return entry == null || entry.removal != null ? null : entry;
    }

    /** Counts a reader; whether that makes cooling due. */
    private boolean pin(BlockEntry entry) {
        count(entry);
        return hot.use(entry) && hot.isCoolingDue();
    }

    private void count(BlockEntry entry) {
        entry.pins++;
        leases++;
    }

    /** Like {@link #pin(BlockKey, BlockShape)} for an entry seen before, without counting as a use. */
    boolean pinUnused(BlockEntry entry) {
        lock.lock();
        try {
            requireOpen();
            if (!entry.indexed) {
                return false;
            }
            boolean _ = pin(entry); // what is over the budget goes with the pin
            return true;
        } finally {
            lock.unlock();
        }
    }

    void unpin(BlockEntry entry) {
        boolean due;
        boolean cool;
        lock.lock();
        try {
            entry.pins--;
            leases--;
            due = entry.pins == 0 && entry.removal != null;
            cool = entry.pins == 0 && hot.isCoolingDue();
            unpinned.signalAll();
        } finally {
            lock.unlock();
        }
        if (due) {
            removalDue.accept(entry);
        }
        if (cool) {
            coolingDue.run();
        }
    }

    /** The entry that a put finds in its place, which counts as a use; a removal that waited for it is called off. */
    @Nullable BlockEntry keep(BlockKey key, BlockShape shape) {
        CompletableFuture<Void> calledOff = null;
        lock.lock();
        try {
            BlockEntry entry = coldestFirst.get(new Id(key, shape));
            if (entry != null) {
                use(entry);
                calledOff = entry.removal;
                entry.removal = null;
            }
            return entry;
        } finally {
            lock.unlock();
            if (calledOff != null) {
                calledOff.complete(null);
            }
        }
    }

    /** The blocks with these keys, of all shapes. */
    List<BlockEntry> find(Collection<BlockKey> keys) {
        Set<BlockKey> wanted = Set.copyOf(keys);
        return all().stream().filter(entry -> wanted.contains(entry.key)).toList();
    }

    /** From now on the block is not leased any more; the stage completes when it has been removed. */
    CompletableFuture<Void> condemn(BlockEntry entry) {
        lock.lock();
        try {
            if (entry.removal == null) {
                entry.removal = new CompletableFuture<>();
            }
            return entry.removal;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the entry out if it is there, condemned and has no pins. */
    boolean takeCondemned(BlockEntry entry) {
        lock.lock();
        try {
            return entry.removal != null && takeIdle(entry);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What to complete once an entry that is out of the index is gone. It need not have been taken out for this: between
     * its last pin and its removal it may have had to make room for another block.
     *
     * @return {@code null} where it is still there, or nobody asked for its removal
     */
    @Nullable CompletableFuture<Void> removalOfTaken(BlockEntry entry) {
        lock.lock();
        try {
            return entry.indexed ? null : entry.removal;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the entry out if it is there and has no pins, waiting for them up to the deadline. */
    boolean take(BlockEntry entry, Duration deadline) {
        lock.lock();
        try {
            long left = deadline.toNanos();
            while (entry.pins > 0 && left > 0) {
                left = unpinned.awaitNanos(left);
            }
            return takeIdle(entry);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean takeIdle(BlockEntry entry) {
        if (entry.pins > 0 || !entry.indexed) {
            return false;
        }
        coldestFirst.remove(id(entry));
        left(entry);
        return true;
    }

    /**
     * Takes out the coldest blocks of a shape that have no pins and a writable arena.
     *
     * @param mayGo which of them; quick, it is asked under the lock
     * @param most how many
     */
    List<BlockEntry> takeColdest(BlockShape shape, Predicate<BlockEntry> mayGo, int most) {
        lock.lock();
        try {
            List<BlockEntry> taken = new ArrayList<>();
            Iterator<BlockEntry> entries = coldestFirst.values().iterator();
            while (taken.size() < most && entries.hasNext()) {
                BlockEntry entry = entries.next();
                if (canMakeRoom(entry, shape) && mayGo.test(entry)) {
                    entries.remove();
                    left(entry);
                    taken.add(entry);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void left(BlockEntry entry) {
        entry.indexed = false;
        hot.drop(entry);
    }

    private static boolean canMakeRoom(BlockEntry entry, BlockShape shape) {
        return entry.pins == 0 && entry.shape().equals(shape) && entry.arena.canBeWritten();
    }

    /** Last use of the first block that {@link #takeColdest} would take; the end of time if there is none. */
    long coldestUse(BlockShape shape, Predicate<BlockEntry> mayGo) {
        lock.lock();
        try {
            for (BlockEntry entry : coldestFirst.values()) {
                if (canMakeRoom(entry, shape) && mayGo.test(entry)) {
                    return entry.lastUse;
                }
            }
            return Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out every block of an arena, or none and answers false if one of them is pinned or may not go. */
    boolean takeAll(ArenaFile arena, Predicate<BlockEntry> mayGo) {
        lock.lock();
        try {
            List<BlockEntry> entries = inArena(arena);
            if (entries.stream().anyMatch(entry -> entry.pins > 0 || !mayGo.test(entry))) {
                return false;
            }
            entries.forEach(this::takeIdle);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The blocks of an arena, coldest first. */
    List<BlockEntry> inArena(ArenaFile arena) {
        return all().stream().filter(entry -> entry.arena == arena).toList();
    }

    /** All blocks, coldest first. */
    List<BlockEntry> all() {
        lock.lock();
        try {
            return new ArrayList<>(coldestFirst.values());
        } finally {
            lock.unlock();
        }
    }

    /** Notes that all entries of an arena were looked at, which brought a part of each into memory. */
    void lookedThrough(ArenaFile arena) {
        heating(() -> hot.lookedThrough(arena));
    }

    /** Takes from the count what is over the RAM budget and not read; it is for the caller to give back. */
    List<ArenaStretches.Unused> cool() {
        lock.lock();
        try {
            return hot.cool();
        } finally {
            lock.unlock();
        }
    }

    /** What may be in memory. */
    long hotBytes() {
        lock.lock();
        try {
            return hot.bytes();
        } finally {
            lock.unlock();
        }
    }

    int leases() {
        lock.lock();
        try {
            return leases;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new pins and waits for those that are held; the number still held at the deadline. */
    int close(Duration deadline) {
        lock.lock();
        try {
            closed = true;
            long left = deadline.toNanos();
            while (leases > 0 && left > 0) {
                left = unpinned.awaitNanos(left);
            }
            return leases;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return leases;
        } finally {
            lock.unlock();
        }
    }

    private void use(BlockEntry entry) {
        entry.lastUse = ++tick;
        entry.arena.used(tick);
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException.Closed(directory);
        }
    }

    private static Id id(BlockEntry entry) {
        return new Id(entry.key, entry.shape());
    }
}
