package dev.mneme.runtime.attention;

import java.util.Arrays;

/**
 * Takes the best of many scored blocks: those with the highest scores, of equal ones those with the lowest numbers. A radix
 * selection: it finds the lowest score that is taken, byte by byte, and then what is above it. A heap of the best takes
 * as long for a dozen of a hundred, and four times longer for a thousand of sixteen thousand. Not thread-safe: one a
 * worker.
 */
public final class BestBlocks {
    private static final int DIGIT_BITS = 8;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final int[] counts = new int[DIGITS];
    /** Scores that agree with the lowest one taken in the digits that are known. */
    private int[] undecided = new int[0];
    /** How many of those that equal the lowest one are taken. */
    private int ties;

    /** The {@code count} best places of {@code scored[0 … length)}, ascending; all if there are no more. No score is NaN. */
    public int[] best(float[] scored, int length, int count) {
        int[] best = new int[Math.clamp(count, 0, length)];
        if (best.length == 0) {
            return best;
        }
        int lowest = lowestTaken(scored, length, best.length);
        int tiesLeft = ties;
        int found = 0;
        for (int place = 0; found < best.length; place++) {
            int order = Integer.compareUnsigned(ordered(scored[place]), lowest);
            if (order > 0 || order == 0 && tiesLeft-- > 0) {
                best[found++] = place;
            }
        }
        return best;
    }

    /** A score as an unsigned number, in the same order. */
    private static int ordered(float score) {
        int bits = Float.floatToRawIntBits(score);
        return bits ^ (bits >> 31 | Integer.MIN_VALUE);
    }

    private int lowestTaken(float[] scored, int length, int count) {
        if (undecided.length < length) {
            undecided = new int[length];
        }
        for (int place = 0; place < length; place++) {
            undecided[place] = ordered(scored[place]);
        }
        int left = length;
        int known = 0;
        ties = count;
        for (int shift = Integer.SIZE - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
            int digit = nextDigit(left, shift);
            known |= digit << shift;
            left = keep(left, shift, digit);
        }
        return known;
    }

    /** The digit of the lowest score taken; those that are above it no longer count among the {@link #ties}. */
    private int nextDigit(int left, int shift) {
        Arrays.fill(counts, 0);
        for (int i = 0; i < left; i++) {
            counts[undecided[i] >>> shift & DIGITS - 1]++;
        }
        int digit = DIGITS - 1;
        while (counts[digit] < ties) {
            ties -= counts[digit--];
        }
        return digit;
    }

    private int keep(int left, int shift, int digit) {
        int kept = 0;
        for (int i = 0; i < left; i++) {
            int score = undecided[i];
            undecided[kept] = score;
            kept += (score >>> shift & DIGITS - 1) == digit ? 1 : 0;
        }
        return kept;
    }
}
