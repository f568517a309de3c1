package dev.mneme.store;

import java.util.List;

/**
 * Which stretches of an arena's map may be in memory: those that blocks in use overlap, each counted once. A stretch is
 * {@link PageAdvice#STRETCH} bytes of addresses, since the kernel maps all of it when a page is read. Belongs to
 * {@link BlockIndex}'s lock.
 */
final class ArenaStretches {
    private static final int BYTES = PageAdvice.STRETCH;

    private final ArenaFile arena;
    /** How far into its first stretch the map begins. */
    private final long lead;
    /** By stretch, how many blocks in use overlap it. */
    private final int[] users;

    ArenaStretches(ArenaFile arena) {
        this.arena = arena;
        this.lead = arena.bytes().address() % BYTES;
        this.users = new int[index(arena.layout().fileBytes() - 1) + 1];
    }

    /** Bytes of an arena that may be given back, from the stretch of the first to the end of that of the last. */
    record Unused(ArenaFile arena, long from, long to) {
        long bytes() {
            return to - from;
        }
    }

    /** Counts a block in; the bytes that nobody used before. */
    long enter(int slot) {
        long fresh = 0;
        for (int stretch = first(slot); stretch <= last(slot); stretch++) {
            if (users[stretch]++ == 0) {
                fresh += end(stretch) - start(stretch);
            }
        }
        return fresh;
    }

    /** Counts a block out and adds to {@code unused} what nobody uses any more. */
    void leave(int slot, List<Unused> unused) {
        int from = -1;
        for (int stretch = first(slot); stretch <= last(slot); stretch++) {
            if (--users[stretch] == 0) {
                from = from < 0 ? stretch : from;
            } else if (from >= 0) {
                unused.add(new Unused(arena, start(from), end(stretch - 1)));
                from = -1;
            }
        }
        if (from >= 0) {
            unused.add(new Unused(arena, start(from), end(last(slot))));
        }
    }

    private int first(int slot) {
        return index(arena.layout().entryOffset(slot));
    }

    private int last(int slot) {
        return index(arena.layout().entryOffset(slot + 1) - 1);
    }

    private int index(long offset) {
        return Math.toIntExact((lead + offset) / BYTES);
    }

    private long start(int stretch) {
        return Math.max(0, (long) stretch * BYTES - lead);
    }

    private long end(int stretch) {
        return Math.min(arena.layout().fileBytes(), (stretch + 1L) * BYTES - lead);
    }
}
