package dev.mneme.runtime.model;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up where the attention of several tokens of one session went, over any number of runs. Not thread-safe. */
public final class AttentionMass {
    private final Map<Integer, Double> byBlock = new TreeMap<>();
    private int tokens;

    /**
     * What a block received.
     *
     * @param block absolute number of the block
     * @param share its part of the mass of all recorded tokens, from 0 to 1
     */
    public record BlockShare(int block, double share) {}

    /** Records the tokens of a run from this index on. */
    public MassSink from(int firstOffset) {
        return new MassSink() {
            @Override
            public boolean wants(int offset) {
                return offset >= firstOffset;
            }

            @Override
            public void accept(int offset, int[] blocks, double[] shares) {
                tokens++;
                for (int i = 0; i < blocks.length; i++) {
                    byBlock.merge(blocks[i], shares[i], Double::sum);
                }
            }
        };
    }

    /** Tokens recorded so far. */
    public int tokens() {
        return tokens;
    }

    /** The attended blocks with the mean of their shares, best first, of equal ones the earliest; empty if nothing was recorded. */
    public List<BlockShare> best() {
        return byBlock.entrySet().stream()
                .map(entry -> new BlockShare(entry.getKey(), entry.getValue() / tokens))
                .sorted(Comparator.comparingDouble(BlockShare::share).reversed())
                .toList();
    }
}
