package dev.mneme.actors.engine;

import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.runtime.model.LogitsSink;
import dev.mneme.runtime.model.TokenRun;
import org.jspecify.annotations.Nullable;

/** One session's part in a step. */
final class StepPart {
    private final TurnWork work;
    private final ComputeSpan tokens;
    private final boolean decoding;
    private final @Nullable NextToken next;

    private StepPart(TurnWork work, ComputeSpan tokens, boolean decoding, @Nullable NextToken next) {
        this.work = work;
        this.tokens = tokens;
        this.decoding = decoding;
        this.next = next;
    }

    static StepPart decode(TurnWork work) {
        ComputeSpan token = work.nextDecode();
        return new StepPart(work, token, true, new NextToken(work.reply(), token.to()));
    }

    static StepPart prefill(TurnWork work, ComputeSpan chunk) {
        return new StepPart(
                work, chunk, false, work.endsPrefill(chunk) ? new NextToken(work.reply(), chunk.to()) : null);
    }

    TurnWork work() {
        return work;
    }

    TokenRun run() {
        int last = tokens.tokens().length - 1;
        return next == null
                ? new TokenRun(tokens.tokens(), tokens.from(), work.memory(), last + 1, (offset, logits) -> {})
                : new TokenRun(tokens.tokens(), tokens.from(), work.memory(), last, next);
    }

    /** Takes the step's results, on the engine thread. */
    void complete() {
        if (decoding) {
            work.decoded(tokens);
        } else {
            work.prefilled(tokens);
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
