package dev.mneme.benchmarks;

import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.LogitsSink;
import dev.mneme.runtime.model.TokenRun;
import java.util.Arrays;
import java.util.List;

/** One text's way through a model under one policy. From the end of a full block others can go on. */
final class Reader implements AutoCloseable {
    private static final int CHUNK = 512;

    private final Arm arm;
    private final KvArrays memory;
    private int position;

    private Reader(Arm arm, KvArrays memory, int position) {
        this.arm = arm;
        this.memory = memory;
        this.position = position;
    }

    /** At the beginning of a text. */
    static Reader begin(Arm arm, KvFormat format) {
        return new Reader(arm, new KvArrays(arm.model().kvLayout(format), arm.keptBlocks()), 0);
    }

    /** Goes on in another way, while this one stands still. The position has to be a multiple of 64. */
    Reader fork(Arm other) {
        if (position % KvLayout.BLOCK != 0) {
            throw new IllegalStateException("a text is gone on with at the end of a block, not at " + position);
        }
        return new Reader(other, memory.fork(other.keptBlocks()), position);
    }

    int position() {
        return position;
    }

    /** Reads tokens. */
    void read(int[] ids) {
        read(ids, ids.length, (offset, logits) -> {}, Listener.ofBlocks());
    }

    /**
     * Reads tokens; the mean negative log likelihood, in nats, of those from {@code measuredFrom} (at least 1) on.
     *
     * @param listener hears where attention went when these were predicted
     */
    double nats(int[] ids, int measuredFrom, Listener listener) {
        double[] sum = new double[1];
        read(ids, measuredFrom - 1, (offset, logits) -> {
            if (offset + 1 < ids.length) {
                sum[0] += nats(logits, ids[offset + 1]);
            }
        }, listener);
        return sum[0] / (ids.length - measuredFrom);
    }

    /**
     * Reads a question and writes the {@code count} likeliest next tokens, one by one.
     *
     * @param listener hears where attention went when these were written
     */
    int[] answer(int[] question, int count, Listener listener) {
        int[] answer = new int[count];
        int[] next = new int[1];
        LogitsSink likeliest = (offset, logits) -> next[0] = likeliest(logits);
        read(question, question.length - 1, likeliest, listener);
        for (int i = 0; i < count; i++) {
            answer[i] = next[0];
            if (i + 1 < count) {
                read(new int[] {answer[i]}, 0, likeliest, listener);
            }
        }
        return answer;
    }

    /** Reads tokens; the logits and the attention of those from {@code wantedFrom} on, by their index in {@code ids}. */
    private void read(int[] ids, int wantedFrom, LogitsSink sink, Listener listener) {
        for (int done = 0; done < ids.length; ) {
            int start = done;
            int count = Math.min(ids.length - done, CHUNK - position % CHUNK);
            int from = Math.clamp(wantedFrom - start, 0, count);
            arm.pass().run(List.of(new TokenRun(
                    Arrays.copyOfRange(ids, start, start + count), position, memory, arm.policy(),
                    from, (offset, logits) -> sink.accept(start + offset, logits),
                    listener.mass().from(from), listener.capturedFrom(from))));
            position += count;
            done += count;
            memory.forgetBefore(position / KvLayout.BLOCK * KvLayout.BLOCK);
        }
    }

    private static double nats(float[] logits, int id) {
        double highest = logits[likeliest(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - highest);
        }
        return highest + Math.log(sum) - logits[id];
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    @Override
    public void close() {
        memory.close();
    }
}
