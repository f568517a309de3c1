package dev.mneme.runtime.attention;

/**
 * What all attention of a layer has in common.
 *
 * @param headDim    numbers in a query, key or value of one head; a multiple of 16
 * @param queryHeads query heads that share one KV head
 * @param scale      factor of each rotated query
 * @param softcap    scores become {@code softcap * tanh(score / softcap)}; 0 means they stay
 * @param window     positions that a query sees, its own included; 0 means all
 */
public record AttentionShape(int headDim, int queryHeads, float scale, float softcap, int window) {
    /** Numbers that one query row takes in a buffer of partial results: the output sums, the maximum and the sum. */
    public int partialLength() {
        return headDim + 2;
    }
}
