package dev.mneme.store;

import dev.mneme.store.ArenaStretches.Unused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * The blocks whose bytes may be in the process's memory, least recently leased first, and how much that is. Above the budget
 * those that nobody reads are to be given back, the coldest first. Belongs to {@link BlockIndex}'s lock.
 */
final class HotBlocks {
    private final long budget;
    private final Set<BlockEntry> coldestFirst = Collections.newSetFromMap(new LinkedHashMap<>(64, 0.75f, true));
    private final List<Unused> unused = new ArrayList<>();
    /** Of the blocks and of {@link #unused}. */
    private long bytes;
    private boolean warned;

    HotBlocks(long budget) {
        this.budget = budget;
    }

    /** Notes that a block is read; whether it was not counted before. */
    boolean use(BlockEntry entry) {
        boolean fresh = coldestFirst.add(entry);
        if (fresh) {
            bytes += entry.arena.stretches().enter(entry.slot);
        }
        return fresh;
    }

    /** Notes that a block is read, and was written through another map than that which it is read by. */
    void useWritten(BlockEntry entry) {
        use(entry);
        leaveUnused(
                entry.arena,
                entry.arena.layout().entryOffset(entry.slot),
                entry.arena.layout().entryOffset(entry.slot + 1));
    }

    boolean isHot(BlockEntry entry) {
        return coldestFirst.contains(entry);
    }

    /** Notes that a block is gone; its bytes count until they are given back. */
    void drop(BlockEntry entry) {
        if (coldestFirst.remove(entry)) {
            entry.arena.stretches().leave(entry.slot, unused);
        }
    }

    /** Notes that all of an arena was looked through. */
    void lookedThrough(ArenaFile arena) {
        leaveUnused(arena, 0, arena.layout().fileBytes());
    }

    private void leaveUnused(ArenaFile arena, long from, long to) {
        unused.add(new Unused(arena, from, to, to - from));
        bytes += to - from;
    }

    /** Whether {@link #cool} has something to do: above the budget, and once when a good part of it is used. */
    boolean isCoolingDue() {
        return bytes > budget || (!warned && bytes > budget / 4);
    }

    long bytes() {
        return bytes;
    }

    /**
     * What is to be given back: nothing within the budget, above it a little more than has to be, so that it is not for
     * single blocks. A block that is leased again before it happens is counted again and stays valid.
     */
    List<Unused> cool() {
        warned = true;
        if (bytes <= budget) {
            return List.of();
        }
        long goal = budget - budget / 16;
        List<Unused> given = new ArrayList<>();
        take(given);
        for (Iterator<BlockEntry> entries = coldestFirst.iterator(); bytes > goal && entries.hasNext();) {
            BlockEntry entry = entries.next();
            if (entry.pins == 0) {
                entries.remove();
                entry.arena.stretches().leave(entry.slot, unused);
                take(given);
            }
        }
        return given;
    }

    private void take(List<Unused> given) {
        for (Unused each : unused) {
            bytes -= each.bytes();
        }
        given.addAll(unused);
        unused.clear();
    }
}
