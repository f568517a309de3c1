package dev.mneme.runtime.tokenizer;

import java.util.Arrays;
import java.util.BitSet;

/** Finds which of a set of byte strings occur in a text. First child and next sibling of each node lie in arrays. */
final class ByteTrie {
    private static final int NONE = -1;

    private final int[] roots = new int[256];
    private byte[] labels = new byte[256];
    private int[] firstChild = new int[256];
    private int[] nextSibling = new int[256];
    private int[] values = new int[256];
    private int nodes;

    ByteTrie() {
        Arrays.fill(roots, NONE);
    }

    void put(byte[] key, int value) {
        int node = roots[key[0] & 0xFF];
        if (node == NONE) {
            node = newNode(key[0]);
            roots[key[0] & 0xFF] = node;
        }
        for (int i = 1; i < key.length; i++) {
            int child = childOf(node, key[i]);
            if (child == NONE) {
                child = newNode(key[i]);
                nextSibling[child] = firstChild[node];
                firstChild[node] = child;
            }
            node = child;
        }
        values[node] = value;
    }

    /** The values of all keys that occur anywhere in the text. */
    BitSet occurringIn(byte[] text) {
        var found = new BitSet();
        for (int i = 0; i < text.length; i++) {
            int node = roots[text[i] & 0xFF];
            for (int j = i + 1; node != NONE; j++) {
                if (values[node] != NONE) {
                    found.set(values[node]);
                }
                node = j < text.length ? childOf(node, text[j]) : NONE;
            }
        }
        return found;
    }

    private int childOf(int node, byte label) {
        int child = firstChild[node];
        while (child != NONE && labels[child] != label) {
            child = nextSibling[child];
        }
        return child;
    }

    private int newNode(byte label) {
        if (nodes == labels.length) {
            int capacity = nodes * 2;
            labels = Arrays.copyOf(labels, capacity);
            firstChild = Arrays.copyOf(firstChild, capacity);
            nextSibling = Arrays.copyOf(nextSibling, capacity);
            values = Arrays.copyOf(values, capacity);
        }
        labels[nodes] = label;
        firstChild[nodes] = NONE;
        nextSibling[nodes] = NONE;
        values[nodes] = NONE;
        return nodes++;
    }
}
