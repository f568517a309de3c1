package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvMemory;

/**
 * Consecutive new tokens of one session, to be computed in a step.
 *
 * @param tokens     token ids, at least one; not copied
 * @param position   absolute position of the first one, from 0
 * @param memory     the session's keys and values; those of all earlier positions are there
 * @param policy     how the session attends past the model's window; the same in all runs of a block
 * @param logitsFrom logits are wanted for tokens from this index on: {@code tokens.length} for none,
 *                   {@code tokens.length - 1} for the last, 0 for all
 * @param sink       takes the wanted logits
 * @param mass       takes where the attention of tokens went; {@link MassSink#NONE} if nobody asks
 * @param captured   takes how much of all attention that is; {@link CaptureSink#NONE} if nobody asks
 */
public record TokenRun(
        int[] tokens, int position, KvMemory memory, MemoryPolicy policy, int logitsFrom, LogitsSink sink,
        MassSink mass, CaptureSink captured) {
    /** Checks the bounds. */
    public TokenRun {
        if (tokens.length == 0 || position < 0 || logitsFrom < 0 || logitsFrom > tokens.length) {
            throw new IllegalArgumentException(
                    "a run needs a token, a position from 0 and logitsFrom within its tokens: "
                            + tokens.length + " tokens at " + position + ", logits from " + logitsFrom);
        }
    }

    /** A run of which nobody asks how much of all attention its plans capture. */
    public TokenRun(
            int[] tokens, int position, KvMemory memory, MemoryPolicy policy, int logitsFrom, LogitsSink sink, MassSink mass) {
        this(tokens, position, memory, policy, logitsFrom, sink, mass, CaptureSink.NONE);
    }

    /** A run whose attention nobody asks for. */
    public TokenRun(
            int[] tokens, int position, KvMemory memory, MemoryPolicy policy, int logitsFrom, LogitsSink sink) {
        this(tokens, position, memory, policy, logitsFrom, sink, MassSink.NONE);
    }

    /** A run of a session that stays inside the window. */
    public TokenRun(int[] tokens, int position, KvMemory memory, int logitsFrom, LogitsSink sink) {
        this(tokens, position, memory, MemoryPolicy.dense(), logitsFrom, sink);
    }
}
