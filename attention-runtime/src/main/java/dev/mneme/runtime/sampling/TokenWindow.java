package dev.mneme.runtime.sampling;

/** The last tokens of a session, at most so many: what a repetition penalty looks back on. For one thread at a time. */
public final class TokenWindow {
    private final int[] ring;
    private long added;

    TokenWindow(int capacity) {
        this.ring = new int[capacity];
    }

    public void add(int id) {
        if (ring.length > 0) {
            ring[(int) (added++ % ring.length)] = id;
        }
    }

    /** Adds the ids in order; handing in more than fit is allowed. */
    public void addAll(int[] ids) {
        for (int i = Math.max(0, ids.length - ring.length); i < ids.length; i++) {
            add(ids[i]);
        }
    }

    int size() {
        return (int) Math.min(added, ring.length);
    }

    /** One of the {@link #size} tokens, in no particular order. */
    int get(int i) {
        return ring[i];
    }
}
