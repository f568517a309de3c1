package dev.mneme.runtime.attention;

/**
 * Keeps the best of many scored blocks: those with the highest scores, of equal ones those with the lowest numbers. A
 * binary heap whose top is the worst that is kept. Not thread-safe: one a worker.
 */
public final class BestBlocks {
    private float[] scores = new float[0];
    private int[] blocks = new int[0];
    /** A bit for each place, 0 between calls. */
    private long[] marks = new long[0];
    private int size;

    /** The {@code count} best places of {@code scored[0 … length)}, ascending; all if there are no more. */
    public int[] best(float[] scored, int length, int count) {
        if (count <= 0) {
            return new int[0];
        }
        if (scores.length < count) {
            scores = new float[count];
            blocks = new int[count];
        }
        size = 0;
        for (int place = 0; place < length; place++) {
            if (size < count) {
                up(size++, scored[place], place);
            } else if (scored[place] > scores[0]) { // an equal one comes later than that
                down(scored[place], place);
            }
        }
        return ascending(length);
    }

    /** What is kept, by way of a mark for each place: sorting some hundred of them takes longer. */
    private int[] ascending(int length) {
        int words = (length + Long.SIZE - 1) / Long.SIZE;
        if (marks.length < words) {
            marks = new long[words];
        }
        for (int i = 0; i < size; i++) {
            marks[blocks[i] / Long.SIZE] |= 1L << blocks[i];
        }
        int[] best = new int[size];
        int found = 0;
        for (int word = 0; word < words; word++) {
            for (long left = marks[word]; left != 0; left &= left - 1) {
                best[found++] = word * Long.SIZE + Long.numberOfTrailingZeros(left);
            }
            marks[word] = 0;
        }
        return best;
    }

    private static boolean worse(float score, int block, float thanScore, int thanBlock) {
        int order = Float.compare(score, thanScore);
        return order < 0 || order == 0 && block > thanBlock;
    }

    private void up(int from, float score, int block) {
        int at = from;
        while (at > 0 && worse(score, block, scores[(at - 1) / 2], blocks[(at - 1) / 2])) {
            set(at, scores[(at - 1) / 2], blocks[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        set(at, score, block);
    }

    /** Puts a block in the place of the worst. */
    private void down(float score, int block) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && worse(scores[child + 1], blocks[child + 1], scores[child], blocks[child])) {
                child++;
            }
            if (!worse(scores[child], blocks[child], score, block)) {
                break;
            }
            set(at, scores[child], blocks[child]);
            at = child;
        }
        set(at, score, block);
    }

    private void set(int at, float score, int block) {
        scores[at] = score;
        blocks[at] = block;
    }
}
