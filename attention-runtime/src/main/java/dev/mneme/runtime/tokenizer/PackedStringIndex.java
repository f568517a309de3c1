package dev.mneme.runtime.tokenizer;

import java.util.Arrays;

/** Finds a string's number in {@link PackedStrings} by its bytes: open addressing, linear probing, at most half full. */
final class PackedStringIndex {
    static final int ABSENT = -1;

    /** Which of several equal strings is found. */
    enum Duplicates {
        FIRST,
        LAST
    }

    private final PackedStrings strings;
    private final int[] slots;
    private final int shift;
    private final int longest;

    PackedStringIndex(PackedStrings strings, Duplicates duplicates) {
        this.strings = strings;
        int capacity = Integer.highestOneBit(Math.max(8, strings.size() * 2 - 1)) << 1;
        this.slots = new int[capacity];
        this.shift = Integer.numberOfLeadingZeros(capacity) + 1;
        int max = 0;
        for (int i = 0; i < strings.size(); i++) {
            max = Math.max(max, strings.length(i));
            int slot = slotOf(strings.bytes(), strings.start(i), strings.end(i));
            if (slots[slot] == 0 || duplicates == Duplicates.LAST) {
                slots[slot] = i + 1;
            }
        }
        this.longest = max;
    }

    /** Number of the string equal to {@code bytes[from .. to)}, or {@link #ABSENT}. */
    int find(byte[] bytes, int from, int to) {
        return to - from > longest ? ABSENT : slots[slotOf(bytes, from, to)] - 1;
    }

    /** Length in bytes of the longest string. */
    int longest() {
        return longest;
    }

    /** The slot that holds the string, or the free one where it belongs. */
    private int slotOf(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int mask = slots.length - 1;
        int slot = (hash * 0x9E3779B9) >>> shift; // Fibonacci hashing: the product's high bits depend on every byte
        while (slots[slot] != 0) {
            int i = slots[slot] - 1;
            if (Arrays.equals(strings.bytes(), strings.start(i), strings.end(i), bytes, from, to)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
