package dev.mneme.runtime.attention;

import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which blocks suit the query heads of a KV head best. A head gives a block {@code exp(maximum) * sum}, its weight in a
 * softmax over keys; with one score a block the sum is 1. A head's share of a block is the block's part of what the head
 * gives to all; a block is worth its highest share among the heads, so that what one head looks for is not outvoted.
 *
 * <p>In numbers: with M the highest maximum of the head, weight {@code w = exp(maximum - M) * sum}, total of the 16 sums
 * (place p in lane p mod 16, ascending) by {@code Numerics.sum16}, share {@code w / total}. Not thread-safe: one a worker.
 */
public final class BlockShares {
    private final BestBlocks bestBlocks = new BestBlocks();
    private final float[] lanes = new float[Numerics.LANES];
    /** By head, then by place: {@code [heads][length]}, filled by the caller. */
    private float[] maxima = new float[0];
    private float[] sums = new float[0];
    private float[] worth = new float[0];
    private final BitSet excluded = new BitSet();
    private int heads;
    private int length;

    /** Makes room for {@code newLength} blocks' scores by {@code newHeads} heads; all sums are 1 now. */
    public void begin(int newHeads, int newLength) {
        heads = newHeads;
        length = newLength;
        if (maxima.length < heads * length) {
            maxima = new float[heads * length];
            sums = new float[heads * length];
        }
        if (worth.length < length) {
            worth = new float[length];
        }
        Arrays.fill(sums, 0, heads * length, 1);
        excluded.clear();
    }

    /** Leaves a place out: it gets no share, and is not among the best. Once its scores are there. */
    public void exclude(int place) {
        for (int head = 0; head < heads; head++) {
            maxima[head * length + place] = Float.NEGATIVE_INFINITY;
        }
        excluded.set(place);
    }

    /** Where scores go: head h and place p at {@code h * length + p}. */
    public float[] maxima() {
        return maxima;
    }

    /** Where the sums of several scores of a block go, in the same places. */
    public float[] sums() {
        return sums;
    }

    /** The places of the {@code count} best blocks, ascending; of equal ones the first. All that may, if there are no more. */
    public int[] best(int count) {
        Arrays.fill(worth, 0, length, 0);
        for (int head = 0; head < heads; head++) {
            addHead(head * length);
        }
        excluded.stream().forEach(place -> worth[place] = Float.NEGATIVE_INFINITY);
        return bestBlocks.best(worth, length, Math.min(count, length - excluded.cardinality()));
    }

    private void addHead(int from) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            highest = Math.max(highest, maxima[i]);
        }
        Arrays.fill(lanes, 0);
        for (int place = 0; place < length; place++) {
            float weight = Numerics.exp(maxima[from + place] - highest) * sums[from + place];
            maxima[from + place] = weight;
            lanes[place % Numerics.LANES] += weight;
        }
        float total = Numerics.sum16(lanes, 0);
        for (int place = 0; place < length; place++) {
            worth[place] = Math.max(worth[place], maxima[from + place] / total);
        }
    }
}
