package dev.mneme.persistence.event;

import java.util.Arrays;

/**
 * An immutable run of token ids, compared by value.
 *
 * <p>Ids are never negative. Thread-safe.
 */
public final class Tokens {
    /** No tokens. */
    public static final Tokens NONE = new Tokens(new int[0]);

    private final int[] ids;

    private Tokens(int[] ids) {
        for (int id : ids) {
            if (id < 0) {
                throw new IllegalArgumentException("a token id cannot be negative: " + id);
            }
        }
        this.ids = ids;
    }

    /** The given ids, copied. */
    public static Tokens of(int... ids) {
        return ids.length == 0 ? NONE : new Tokens(ids.clone());
    }

    public int size() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The id at {@code index}, from 0. */
    public int get(int index) {
        return ids[index];
    }

    /** A copy of the ids. */
    public int[] toArray() {
        return ids.clone();
    }

    /** Copies the ids {@code [from, to)} to {@code target[offset…]}. */
    public void copyTo(int from, int to, int[] target, int offset) {
        System.arraycopy(ids, from, target, offset, to - from);
    }

    /** The ids {@code [from, to)}. */
    public Tokens slice(int from, int to) {
        return from == to ? NONE : new Tokens(Arrays.copyOfRange(ids, from, to));
    }

    /** These tokens followed by {@code next}. */
    public Tokens plus(Tokens next) {
        int[] joined = Arrays.copyOf(ids, ids.length + next.ids.length);
        next.copyTo(0, next.ids.length, joined, ids.length);
        return new Tokens(joined);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
