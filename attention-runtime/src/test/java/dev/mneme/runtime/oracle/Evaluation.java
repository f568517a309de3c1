package dev.mneme.runtime.oracle;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prompts through a forward pass, for comparing with the reference data. */
public final class Evaluation {
    /** Tokens a step, as an engine would cut a long prompt. */
    private static final int CHUNK = 512;

    private Evaluation() {}

    /** The logits after the last token of each prompt. Prompts are sessions of their own in shared steps. */
    public static List<float[]> lastLogits(Opened runtime, KvFormat format, List<int[]> prompts) {
        float[][] last = new float[prompts.size()][];
        List<SessionInMemory> sessions = new ArrayList<>();
        try {
            prompts.forEach(_ -> sessions.add(runtime.newSession(format)));
            for (boolean more = true; more; ) {
                more = false;
                List<TokenRun> step = new ArrayList<>();
                for (int p = 0; p < prompts.size(); p++) {
                    int[] chunk = nextChunk(prompts.get(p), sessions.get(p).position());
                    if (chunk.length > 0) {
                        int prompt = p;
                        boolean end = sessions.get(p).position() + chunk.length == prompts.get(p).length;
                        int logitsFrom = end ? chunk.length - 1 : chunk.length;
                        step.add(sessions.get(p).next(chunk, logitsFrom, (_, logits) -> last[prompt] = logits.clone()));
                    }
                }
                if (!step.isEmpty()) {
                    runtime.pass().run(step);
                    more = true;
                }
            }
        } finally {
            sessions.forEach(SessionInMemory::close);
        }
        return Arrays.asList(last);
    }

    /** Takes the logits of one position, valid during the call. */
    @FunctionalInterface
    public interface PositionSink {
        void accept(int position, float[] logits);
    }

    /** Feeds {@code ids} chunk by chunk and gives the logits of every position from {@code from} on. */
    public static void eachPosition(Opened runtime, KvFormat format, int[] ids, int from, PositionSink sink) {
        try (SessionInMemory session = runtime.newSession(format)) {
            while (session.position() < ids.length) {
                int start = session.position();
                int[] chunk = nextChunk(ids, start);
                int logitsFrom = Math.clamp(from - start, 0, chunk.length);
                runtime.pass().run(List.of(
                        session.next(chunk, logitsFrom, (offset, logits) -> sink.accept(start + offset, logits))));
            }
        }
    }

    /** {@code −ln p(ids[i+1] given ids[0…i])} for every i, in nats. */
    public static double[] nll(Opened runtime, KvFormat format, int[] ids) {
        double[] nll = new double[ids.length - 1];
        eachPosition(runtime, format, ids, 0, (position, logits) -> {
            if (position < nll.length) {
                nll[position] = Logits.nll(logits, ids[position + 1]);
            }
        });
        return nll;
    }

    private static int[] nextChunk(int[] ids, int from) {
        return Arrays.copyOfRange(ids, from, Math.min(ids.length, from + CHUNK));
    }
}
