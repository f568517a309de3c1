package dev.mneme.runtime.model;

/**
 * What the query heads of a KV head give to some blocks in a softmax over all their keys: of each head and block the maximum
 * m of the scores and the sum s of {@code exp(score - m)}, as kernels leave them. The block weighs {@code s * exp(m)}.
 */
final class BlockWeights {
    private final int heads;
    private final int blocks;
    /** {@code [heads][blocks]}. */
    final float[] maxima;
    /** {@code [heads][blocks]}. */
    final float[] sums;

    BlockWeights(int heads, int blocks) {
        this.heads = heads;
        this.blocks = blocks;
        this.maxima = new float[heads * blocks];
        this.sums = new float[heads * blocks];
    }

    /** Takes what attention of one token to one block alone left, see {@code Kernels.attend}. */
    void put(int block, float[] partials, int headDim) {
        for (int head = 0; head < heads; head++) {
            int end = head * (headDim + 2) + headDim;
            maxima[head * blocks + block] = partials[end];
            sums[head * blocks + block] = partials[end + 1];
        }
    }

    /** The part of a head's weight that each block has. */
    double[] shares(int head) {
        double[] shares = of(head);
        double total = sum(shares);
        for (int block = 0; block < blocks; block++) {
            shares[block] /= total;
        }
        return shares;
    }

    /**
     * The part of a head's weight that some of the blocks have: exactly 1 if these are all, since both sums are rounded alike.
     *
     * @param some ascending
     */
    double share(int head, int[] some) {
        double[] weights = of(head);
        double within = 0;
        for (int block : some) {
            within += weights[block];
        }
        return within / sum(weights);
    }

    /** What the blocks weigh to a head, times the same factor. */
    private double[] of(int head) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = head * blocks; i < (head + 1) * blocks; i++) {
            highest = Math.max(highest, maxima[i]);
        }
        double[] weights = new double[blocks];
        for (int block = 0; block < blocks; block++) {
            int i = head * blocks + block;
            weights[block] = StrictMath.exp(maxima[i] - highest) * sums[i];
        }
        return weights;
    }

    private static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
