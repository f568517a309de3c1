package dev.mneme.actors.engine;

import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.StepMemory;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.LogitsSink;
import dev.mneme.runtime.model.TokenRun;
import org.jspecify.annotations.Nullable;

/** One session's part in a step. */
final class StepPart {
    private final TurnWork work;
    private final ComputeSpan tokens;
    private final StepMemory memory;
    private final @Nullable PrefillChunk chunk;
    private final @Nullable NextToken next;
    private final Recording.Run attention;
    private long coldBefore;

    private StepPart(
            TurnWork work, ComputeSpan tokens, StepMemory memory, @Nullable PrefillChunk chunk, @Nullable NextToken next) {
        this.work = work;
        this.tokens = tokens;
        this.memory = memory;
        this.chunk = chunk;
        this.next = next;
        this.attention = work.recording().run(tokens.from(), tokens.to());
    }

    static StepPart decode(TurnWork work) {
        ComputeSpan token = work.nextDecode();
        return new StepPart(work, token, work.memory(), null, new NextToken(work.reply(), token.to()));
    }

    static StepPart prefill(TurnWork work, PrefillChunk chunk) {
        ComputeSpan tokens = chunk.tokens();
        return new StepPart(
                work, tokens, chunk.memory(), chunk,
                work.endsPrefill(chunk) ? new NextToken(work.reply(), tokens.to()) : null);
    }

    TurnWork work() {
        return work;
    }

    /** What the part reads and writes. */
    StepMemory memory() {
        return memory;
    }

    void begin() {
        memory.beginStep();
        coldBefore = memory.coldNanos();
    }

    /** How long the step has waited for what the session had not in memory. */
    long waitedNanos() {
        return memory.coldNanos() - coldBefore;
    }

    TokenRun run() {
        int last = tokens.tokens().length - 1;
        MemoryPolicy policy = work.memory().policyAt(tokens.from());
        return next == null
                ? new TokenRun(
                        tokens.tokens(), tokens.from(), memory, policy, last + 1, (offset, logits) -> {}, attention.sink())
                : new TokenRun(tokens.tokens(), tokens.from(), memory, policy, last, next, attention.sink());
    }

    /** Takes the step's results, on the engine thread. */
    void complete() {
        attention.done();
        if (chunk == null) {
            work.decoded(tokens);
        } else {
            work.prefilled(chunk);
        }
        if (next != null) {
            work.sampled(next.token, next.position);
        }
    }

    /** Samples from the logits while they are valid. */
    private static final class NextToken implements LogitsSink {
        private final Reply reply;
        private final int position;
        private int token;

        NextToken(Reply reply, int position) {
            this.reply = reply;
            this.position = position;
        }

        @Override
        public void accept(int offset, float[] logits) {
            token = reply.sample(logits, position);
        }
    }
}
