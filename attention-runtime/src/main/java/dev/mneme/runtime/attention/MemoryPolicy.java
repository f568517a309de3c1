package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.KvLayout;

/** How a session attends once it is longer than its model's window. Inside the window all policies are the same. */
public sealed interface MemoryPolicy {
    /** The policy that has no answer past the window: the session ends there. */
    static MemoryPolicy dense() {
        return Dense.INSTANCE;
    }

    /**
     * The first position whose plan is not dense any more.
     *
     * @param modelWindow the window T of the model
     */
    int firstSparsePosition(int modelWindow);

    /**
     * Refuses a policy that the model cannot follow.
     *
     * @throws MemoryPolicyException if its plans would be longer than nine tenths of the model's window
     */
    void check(int modelWindow);

    /** All blocks at their true distances, as long as the window lasts. */
    enum Dense implements MemoryPolicy {
        /** The only one. */
        INSTANCE;

        @Override
        public int firstSparsePosition(int modelWindow) {
            return Integer.MAX_VALUE;
        }

        @Override
        public void check(int modelWindow) {}
    }

    /**
     * Past the window: the first tokens, pinned blocks, the blocks that fit the query best, and the last tokens. The
     * fitting blocks are chosen for each layer and KV head, in two stages: all blocks by their summaries, then the best of these by their
     * keys.
     *
     * @param sinks      tokens at the start that are always attended, a multiple of 64, may be 0
     * @param window     tokens before the query's own block that are always attended, a multiple of 64, at least 64
     * @param topK       blocks that are retrieved; 0 for none
     * @param candidates blocks that the second stage looks at; 0 to leave it out, else at least {@code topK}
     * @param refresh    R: queries from one multiple of R to the next share the choice of the first; divides 64
     * @param pins       blocks that are always attended; the same for all queries of a group
     */
    record Sparse(int sinks, int window, int topK, int candidates, int refresh, PinnedBlocks pins)
            implements MemoryPolicy {
        /** Checks the numbers. */
        public Sparse {
            require(sinks >= 0 && sinks % KvLayout.BLOCK == 0, "sinks must be a multiple of 64", sinks);
            require(window >= KvLayout.BLOCK && window % KvLayout.BLOCK == 0, "window must be a multiple of 64 above 0", window);
            require(topK >= 0, "topK must be at least 0", topK);
            require(candidates == 0 || candidates >= topK, "candidates must be 0 or at least topK", candidates);
            require(refresh >= 1 && KvLayout.BLOCK % refresh == 0, "refresh must divide 64", refresh);
        }

        /** A policy without pins. */
        public Sparse(int sinks, int window, int topK, int candidates, int refresh) {
            this(sinks, window, topK, candidates, refresh, PinnedBlocks.NONE);
        }

        /** This policy with other pins. */
        public Sparse withPins(PinnedBlocks newPins) {
            return new Sparse(sinks, window, topK, candidates, refresh, newPins);
        }

        private static void require(boolean holds, String rule, int value) {
            if (!holds) {
                throw new MemoryPolicyException("memory policy: " + rule + ", but is " + value);
            }
        }

        /** Tokens of the longest plan, the query's own block included. Pins among the sinks take no further room. */
        public long planTokens() {
            long pinned = pins.between(sinks / KvLayout.BLOCK, Integer.MAX_VALUE).size();
            return sinks + (pinned + topK) * KvLayout.BLOCK + window + KvLayout.BLOCK;
        }

        /** First position of the query group that a position belongs to. */
        public int groupStart(int position) {
            return position - position % refresh;
        }

        /** A group has one plan, so the last few positions of a window that is no multiple of R are sparse already. */
        @Override
        public int firstSparsePosition(int modelWindow) {
            return groupStart(modelWindow);
        }

        @Override
        public void check(int modelWindow) {
            if (10 * planTokens() > 9L * modelWindow) {
                String pinned = pins.size() == 0 ? "" : "pinned blocks, ";
                throw new MemoryPolicyException("memory policy: sinks, " + pinned
                        + "retrieved blocks, window and the query's own block are " + planTokens()
                        + " tokens, more than nine tenths of the model's window of " + modelWindow
                        + ". Choose a smaller topK or window" + (pins.size() == 0 ? "." : ", or pin less."));
            }
        }
    }
}
