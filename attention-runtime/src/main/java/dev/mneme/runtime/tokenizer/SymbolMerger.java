package dev.mneme.runtime.tokenizer;

import java.util.Arrays;

/**
 * Merges neighbouring symbols of a text, best pair first, until no pair can be merged: the inner loop of both byte-pair
 * encoding (Sennrich et al., 2016) and SentencePiece's BPE mode. O(n log n) in the length of the text: candidates wait in
 * a heap, and those that a merge has made obsolete are recognised by their length when they come out.
 *
 * <p>Symbols are byte ranges that cover the text without gaps. One instance serves one call of the tokenizer.
 */
final class SymbolMerger {
    /** Says which neighbours may merge. */
    @FunctionalInterface
    interface PairRank {
        int NONE = Integer.MAX_VALUE;

        /** Rank of joining {@code text[from .. middle)} and {@code text[middle .. to)}, lowest first, or {@link #NONE}. */
        int rank(byte[] text, int from, int middle, int to);
    }

    /** Takes the final symbols, in order. */
    @FunctionalInterface
    interface SymbolSink {
        void accept(byte[] text, int from, int to);
    }

    private final PairRank pairRank;
    private int[] starts = new int[64];
    private int[] lengths = new int[64];
    private int[] previous = new int[64];
    private int[] next = new int[64];
    private int count;
    /** Binary heap of rank (high half) and left symbol (low half); sizes holds the pair's length in bytes. */
    private long[] heap = new long[128];
    private int[] sizes = new int[128];
    private int heapSize;

    SymbolMerger(PairRank pairRank) {
        this.pairRank = pairRank;
    }

    void begin() {
        count = 0;
        heapSize = 0;
    }

    void addSymbol(int from, int to) {
        if (count == starts.length) {
            int capacity = count * 2;
            starts = Arrays.copyOf(starts, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            previous = Arrays.copyOf(previous, capacity);
            next = Arrays.copyOf(next, capacity);
        }
        starts[count] = from;
        lengths[count] = to - from;
        previous[count] = count - 1;
        next[count] = count + 1;
        count++;
    }

    void merge(byte[] text, SymbolSink sink) {
        if (count == 0) {
            return;
        }
        next[count - 1] = -1;
        for (int i = 0; i + 1 < count; i++) {
            offer(text, i);
        }
        while (heapSize > 0) {
            int left = (int) heap[0];
            int size = sizes[0];
            removeFirst();
            int right = next[left];
            // A symbol only ever grows, so the pair is the one that was offered exactly if its length is the same.
            if (lengths[left] == 0 || right < 0 || lengths[left] + lengths[right] != size) {
                continue;
            }
            lengths[left] = size;
            lengths[right] = 0;
            next[left] = next[right];
            if (next[left] >= 0) {
                previous[next[left]] = left;
            }
            if (previous[left] >= 0) {
                offer(text, previous[left]);
            }
            offer(text, left);
        }
        for (int i = 0; i >= 0; i = next[i]) {
            sink.accept(text, starts[i], starts[i] + lengths[i]);
        }
    }

    private void offer(byte[] text, int left) {
        int right = next[left];
        if (right < 0) {
            return;
        }
        int end = starts[right] + lengths[right];
        int rank = pairRank.rank(text, starts[left], starts[right], end);
        if (rank != PairRank.NONE) {
            insert(((long) rank << 32) | left, end - starts[left]);
        }
    }

    private void insert(long key, int size) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
            sizes = Arrays.copyOf(sizes, heapSize * 2);
        }
        int i = heapSize++;
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            if (heap[parent] <= key) {
                break;
            }
            heap[i] = heap[parent];
            sizes[i] = sizes[parent];
            i = parent;
        }
        heap[i] = key;
        sizes[i] = size;
    }

    private void removeFirst() {
        heapSize--;
        long key = heap[heapSize];
        int size = sizes[heapSize];
        int i = 0;
        while (2 * i + 1 < heapSize) {
            int child = 2 * i + 1;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= key) {
                break;
            }
            heap[i] = heap[child];
            sizes[i] = sizes[child];
            i = child;
        }
        heap[i] = key;
        sizes[i] = size;
    }
}
