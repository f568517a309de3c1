package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.KvLayout;
import java.util.OptionalInt;

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
     * keys. Comparing so many is dear, and what suits changes slowly: it is done once for a <em>survey</em> of query groups, and leaves a
     * shortlist: the best {@value #SHORTLISTED} blocks for each one that is retrieved, and the block after each of these, since who
     * reads on comes to that. The later groups of the survey choose from it, by the keys again.
     *
     * @param sinks      tokens at the start that are always attended, a multiple of 64, may be 0
     * @param window     tokens before the query's own block that are always attended, a multiple of 64, at least 64
     * @param topK       blocks that are retrieved; 0 for none
     * @param candidates blocks that the second stage looks at; 0 to leave it out, else at least {@code topK}
     * @param refresh    R: queries from one multiple of R to the next share the choice of the first; divides 64
     * @param survey     queries from one multiple of it to the next share a shortlist; a multiple of R that divides 64. R itself, as it has to
     *                   be without second stage: each choice is made of all candidates
     * @param pins       blocks that are always attended; the same for all queries of a survey
     */
    record Sparse(int sinks, int window, int topK, int candidates, int refresh, int survey, PinnedBlocks pins)
            implements MemoryPolicy {
        private static final int SHORTLISTED = 2;

        /** Checks the numbers. */
        public Sparse {
            require(sinks >= 0 && sinks % KvLayout.BLOCK == 0, "sinks must be a multiple of 64", sinks);
            require(window >= KvLayout.BLOCK && window % KvLayout.BLOCK == 0, "window must be a multiple of 64 above 0", window);
            require(topK >= 0, "topK must be at least 0", topK);
            require(candidates == 0 || candidates >= topK, "candidates must be 0 or at least topK", candidates);
            require(refresh >= 1 && KvLayout.BLOCK % refresh == 0, "refresh must divide 64", refresh);
            require(survey >= 1 && KvLayout.BLOCK % survey == 0, "survey must divide 64", survey);
            require(survey % refresh == 0, "survey must be a multiple of refresh (" + refresh + ")", survey);
            require(candidates > 0 || survey == refresh, "survey must be refresh (" + refresh + ") without candidates", survey);
        }

        /** A policy without pins. */
        public Sparse(int sinks, int window, int topK, int candidates, int refresh, int survey) {
            this(sinks, window, topK, candidates, refresh, survey, PinnedBlocks.NONE);
        }

        /** A policy without pins that makes each choice of all candidates. */
        public Sparse(int sinks, int window, int topK, int candidates, int refresh) {
            this(sinks, window, topK, candidates, refresh, refresh);
        }

        /** This policy with other pins. */
        public Sparse withPins(PinnedBlocks newPins) {
            return new Sparse(sinks, window, topK, candidates, refresh, survey, newPins);
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

        /** The survey of this policy as other numbers of candidates and another R allow it. */
        public int surveyWith(int otherCandidates, int otherRefresh) {
            return otherCandidates == 0 ? otherRefresh : Math.max(survey, otherRefresh);
        }

        /** First position of the survey that a position belongs to. */
        public int surveyStart(int position) {
            return position - position % survey;
        }

        /** First position of the group whose choices a run needs that starts at this position; empty where a survey begins. */
        public OptionalInt neededGroup(int position) {
            return position == surveyStart(position) ? OptionalInt.empty() : OptionalInt.of(groupStart(position - 1));
        }

        /** How many of its candidates a survey leaves to its later groups; 0 if each group is a survey of its own. */
        public int shortlisted() {
            return survey == refresh ? 0 : Math.min(candidates, SHORTLISTED * topK);
        }

        /** Blocks of a shortlist, at most. */
        public int shortlist() {
            return 2 * shortlisted();
        }

        /** Blocks that a session keeps from one run to the next, for each layer and KV head: a choice and a shortlist. */
        public int keptBlocks() {
            return topK + shortlist();
        }

        /** A survey has one frame, so the last few positions of a window that does not end with one are sparse already. */
        @Override
        public int firstSparsePosition(int modelWindow) {
            return surveyStart(modelWindow);
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
