package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.BestBlocks;
import dev.mneme.runtime.kernel.Kernels;
import java.util.Arrays;

/** Chooses, of many scored places, those that are worth most to the query heads of a KV head. One a worker. */
final class BlockChoice {
    private final Kernels kernels;
    private final BestBlocks bestBlocks = new BestBlocks();
    private float[] worth = new float[0];
    private float[] ones = new float[0];

    BlockChoice(Kernels kernels) {
        this.kernels = kernels;
    }

    /**
     * The best of places with one score each.
     *
     * @param scores   of head h and place p at {@code from + h * stride + p}; overwritten
     * @param excluded places that are not among the best
     */
    int[] best(float[] scores, int from, int stride, int heads, int length, int[] excluded, int count) {
        for (int place : excluded) {
            for (int head = 0; head < heads; head++) {
                scores[from + head * stride + place] = Float.NEGATIVE_INFINITY;
            }
        }
        if (ones.length < heads * length) {
            ones = new float[heads * length];
            Arrays.fill(ones, 1);
        }
        weigh(scores, from, stride, ones, 0, heads, length);
        for (int place : excluded) {
            worth[place] = Float.NEGATIVE_INFINITY;
        }
        return bestBlocks.best(worth, length, Math.min(count, length - excluded.length));
    }

    /**
     * Weighs places that are scored by all their keys, for {@link #best(int[], int)}.
     *
     * @param maxima greatest scores, of head h and place p at {@code from + h * length + p}; overwritten
     * @param sums   the sums that belong to them, in the same places
     */
    void weigh(float[] maxima, float[] sums, int from, int heads, int length) {
        weigh(maxima, from, length, sums, from, heads, length);
    }

    /** The best {@code count} of the blocks whose places were weighed last, in their order. */
    int[] best(int[] blocks, int count) {
        int[] best = bestBlocks.best(worth, blocks.length, count);
        for (int i = 0; i < best.length; i++) {
            best[i] = blocks[best[i]];
        }
        return best;
    }

    private void weigh(
            float[] scores, int from, int stride, float[] sums, int fromSum, int heads, int length) {
        if (worth.length < length) {
            worth = new float[length];
        }
        kernels.worth(scores, from, stride, sums, fromSum, heads, length, worth);
    }
}
