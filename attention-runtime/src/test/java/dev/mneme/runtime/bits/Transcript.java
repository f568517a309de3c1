package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.LogitsSink;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that a session's computation left behind: the logits of each position that was asked for, and the bytes
 * of all its blocks.
 */
record Transcript(List<float[]> logits, List<byte[]> blocks) {
    /** Which positions' logits are kept. */
    enum Keep {
        ALL,
        LAST
    }

    /** One session alone, in chunks of the given sizes, repeated until the tokens are used up. */
    static Transcript alone(Opened runtime, KvFormat format, int[] ids, Keep keep, int... chunks) {
        return alone(runtime, format, MemoryPolicy.dense(), ids, keep, chunks);
    }

    /** The same with a memory policy. */
    static Transcript alone(
            Opened runtime, KvFormat format, MemoryPolicy policy, int[] ids, Keep keep, int... chunks) {
        return alone(runtime, runtime.newSession(format, policy), ids, keep, chunks);
    }

    /** The same with a session that has no token yet; closes it. */
    static Transcript alone(Opened runtime, SessionInMemory blank, int[] ids, Keep keep, int... chunks) {
        try (SessionInMemory session = blank) {
            Recorder recorder = new Recorder(ids, keep);
            for (int step = 0; session.position() < ids.length; step++) {
                runtime.pass().run(List.of(recorder.next(session, chunks[step % chunks.length])));
            }
            return recorder.transcript(session);
        }
    }

    /** Fails at the first differing bit and says where it is. */
    void mustEqual(Transcript other, String how) {
        assertThat(other.logits).as("%s: positions", how).hasSameSizeAs(logits);
        for (int position = 0; position < logits.size(); position++) {
            float[] mine = logits.get(position);
            float[] theirs = other.logits.get(position);
            int at = firstDifference(mine, theirs);
            assertThat(at).as("%s: logits %d of %d differ, first at id %s", how, position, logits.size(),
                    at < 0 ? "-" : at + ": " + mine[at] + " and " + theirs[at]).isNegative();
        }
        assertThat(other.blocks).as("%s: blocks", how).hasSameSizeAs(blocks);
        for (int block = 0; block < blocks.size(); block++) {
            assertThat(Arrays.mismatch(blocks.get(block), other.blocks.get(block)))
                    .as("%s: first differing byte of block %d of %d", how, block, blocks.size())
                    .isNegative();
        }
    }

    private static int firstDifference(float[] mine, float[] theirs) {
        for (int i = 0; i < mine.length; i++) {
            if (Float.floatToRawIntBits(mine[i]) != Float.floatToRawIntBits(theirs[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Feeds one session's tokens and keeps its logits. */
    static final class Recorder {
        private final int[] ids;
        private final Keep keep;
        private final float[][] logits;

        Recorder(int[] ids, Keep keep) {
            this.ids = ids;
            this.keep = keep;
            this.logits = new float[keep == Keep.ALL ? ids.length : 1][];
        }

        boolean done(SessionInMemory session) {
            return session.position() == ids.length;
        }

        /** A run of the next {@code chunk} tokens, or of those that are left. */
        TokenRun next(SessionInMemory session, int chunk) {
            int from = session.position();
            int to = (int) Math.min(ids.length, (long) from + chunk);
            int[] tokens = Arrays.copyOfRange(ids, from, to);
            int logitsFrom = keep == Keep.ALL ? 0 : to == ids.length ? tokens.length - 1 : tokens.length;
            LogitsSink sink = (offset, values) ->
                    logits[keep == Keep.ALL ? from + offset : 0] = values.clone();
            return session.next(tokens, logitsFrom, sink);
        }

        Transcript transcript(SessionInMemory session) {
            return new Transcript(Arrays.asList(logits), session.allBytes());
        }
    }
}
