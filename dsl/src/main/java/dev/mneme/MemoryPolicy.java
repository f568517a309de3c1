package dev.mneme;

import dev.mneme.runtime.kv.KvFormat;
import java.util.Optional;

/**
 * How a session remembers. Inside the window that its model was trained for every token is attended, whatever the policy.
 * Past it {@link #dense} ends, and {@link #sparse} attends to the first tokens, to pinned turns, to the blocks of 64 tokens
 * that suit the present best, and to the last tokens.
 *
 * <p>What is not said is the model's measured default in a new session, and stays as it is in one that exists. Numbers are
 * checked when the session is opened or edited. Immutable.
 *
 * <pre>{@code
 * tenant.session("ines").memory(MemoryPolicy.sparse().window(2048).topK(32)).open();
 * }</pre>
 */
public sealed interface MemoryPolicy {
    /** The session ends at the model's window. */
    static Dense dense() {
        return new Dense(Optional.empty());
    }

    /** The session goes on past the model's window, as far as the disk allows. */
    static Sparse sparse() {
        return new Sparse(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * As Mneme picks: by the session's length and the memory that the machine has left, now and at later turns; the format
     * of keys and values too, unless {@link #kv} says it. What it picked is in the receipt of the turn, and journaled, so
     * that no reply depends on the machine that it is repeated on.
     */
    static Auto auto() {
        return new Auto(Optional.empty(), Optional.empty());
    }

    /** The format that keys and values are kept in. */
    Optional<KvFormat> format();

    /**
     * Keeps keys and values in this format, {@code F16} by default; in a session that exists from its next block of 64 tokens
     * on. {@code I8} takes about half the bytes and {@code K8V4} two fifths, at a small loss of exactness.
     */
    MemoryPolicy kv(KvFormat kvFormat);

    /**
     * All tokens, as long as the window lasts.
     *
     * @param format the format of keys and values
     */
    record Dense(Optional<KvFormat> format) implements MemoryPolicy {
        @Override
        public Dense kv(KvFormat kvFormat) {
            return new Dense(Optional.of(kvFormat));
        }
    }

    /**
     * Left to Mneme.
     *
     * @param picked what it picked, in a session that exists
     * @param format the format of keys and values; empty to leave it to Mneme too
     */
    record Auto(Optional<MemoryPolicy> picked, Optional<KvFormat> format) implements MemoryPolicy {
        @Override
        public Auto kv(KvFormat kvFormat) {
            return new Auto(picked, Optional.of(kvFormat));
        }
    }

    /**
     * Past the window a part of the tokens.
     *
     * @param sinks tokens at the start that are always attended, a multiple of 64, may be 0
     * @param window the last tokens that are always attended, a multiple of 64, at least 64
     * @param topK blocks that are retrieved, in each layer and KV head
     * @param candidates blocks that are compared by all their keys before; 0 to go by summaries alone
     * @param refresh so many tokens share a choice; divides 64
     * @param survey so many tokens share a comparison of all candidates, a multiple of {@code refresh} that divides 64
     * @param format the format of keys and values
     */
    record Sparse(
            Optional<Integer> sinks,
            Optional<Integer> window,
            Optional<Integer> topK,
            Optional<Integer> candidates,
            Optional<Integer> refresh,
            Optional<Integer> survey,
            Optional<KvFormat> format)
            implements MemoryPolicy {
        /** Always attends to the first tokens: a multiple of 64, may be 0. */
        public Sparse sinks(int tokens) {
            return new Sparse(Optional.of(tokens), window, topK, candidates, refresh, survey, format);
        }

        /** Always attends to the last tokens: a multiple of 64, at least 64. */
        public Sparse window(int tokens) {
            return new Sparse(sinks, Optional.of(tokens), topK, candidates, refresh, survey, format);
        }

        /** Retrieves this many blocks of 64 tokens in each layer and KV head; 0 for none. */
        public Sparse topK(int blocks) {
            return new Sparse(sinks, window, Optional.of(blocks), candidates, refresh, survey, format);
        }

        /** Compares this many blocks by all their keys, the best by summary; 0 goes by summaries alone. */
        public Sparse candidates(int blocks) {
            return new Sparse(sinks, window, topK, Optional.of(blocks), refresh, survey, format);
        }

        /** Chooses anew every so many tokens: 1, 2, 4, 8, 16, 32 or 64. */
        public Sparse refresh(int tokens) {
            return new Sparse(sinks, window, topK, candidates, Optional.of(tokens), survey, format);
        }

        /**
         * Compares all candidates every so many tokens, a multiple of {@link #refresh} up to 64; choices in between are made of a
         * shortlist of the best.
         */
        public Sparse survey(int tokens) {
            return new Sparse(sinks, window, topK, candidates, refresh, Optional.of(tokens), format);
        }

        @Override
        public Sparse kv(KvFormat kvFormat) {
            return new Sparse(sinks, window, topK, candidates, refresh, survey, Optional.of(kvFormat));
        }
    }
}
