package dev.mneme.store;

import java.util.List;

/**
 * Which stretches of an arena's map may be in memory: those that blocks in use overlap, each counted once. A stretch is
 * {@link PageAdvice#STRETCH} bytes of addresses, since the kernel maps all of it when a page is read. Newer kernels (6.18)
 * may map the whole folio that the page is in, where the page cache has large ones: that is not counted, but given back with the
 * block as far as no other one in use lies in it. Belongs to {@link BlockIndex}'s lock.
 */
final class ArenaStretches {
    private static final int BYTES = PageAdvice.STRETCH;
    private static final long FOLIO = 2 << 20;

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

    /**
     * A range of an arena that may be given back.
     *
     * @param bytes how many of it were counted
     */
    record Unused(ArenaFile arena, long from, long to, long bytes) {}

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
                unused.add(around(from, stretch - 1));
                from = -1;
            }
        }
        if (from >= 0) {
            unused.add(around(from, last(slot)));
        }
    }

    private Unused around(int first, int last) {
        int from = first;
        while (from > 0 && users[from - 1] == 0 && start(from) > start(first) / FOLIO * FOLIO) {
            from--;
        }
        int to = last;
        while (to < users.length - 1 && users[to + 1] == 0 && end(to) < Math.ceilDiv(end(last), FOLIO) * FOLIO) {
            to++;
        }
        return new Unused(arena, start(from), end(to), end(last) - start(first));
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
