package dev.mneme.app;

import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.TokenRun;
import java.util.List;
import java.util.Random;

/** Measures how fast a model reads and writes, without sessions, sampling or journal around it. */
final class ModelSpeed {
    private static final int CHUNK = 512;
    /** Tokens that are written at each length. */
    static final int DECODED = 32;

    private final LanguageModel model;
    private final KvFormat kv;
    private final Random ids = new Random(1);

    ModelSpeed(LanguageModel model, KvFormat kv) {
        this.model = model;
        this.kv = kv;
    }

    /**
     * Speeds at one length.
     *
     * @param tokens the length
     * @param prefill tokens a second when all of them are read
     * @param decode tokens a second when further ones follow one by one
     */
    record AtLength(int tokens, double prefill, double decode) {
    }

    /** Runs until the compiler has seen all loops. */
    void warmUp(ForwardPass pass) {
        long end = System.nanoTime() + 4_000_000_000L;
        while (System.nanoTime() < end) {
            measure(pass, 96, 8);
        }
    }

    AtLength measure(ForwardPass pass, int tokens) {
        return measure(pass, tokens, DECODED);
    }

    private AtLength measure(ForwardPass pass, int tokens, int decoded) {
        try (KvArrays memory = new KvArrays(model.kvLayout(kv), 0)) {
            long start = System.nanoTime();
            for (int from = 0; from < tokens; from += CHUNK) {
                int count = Math.min(CHUNK, tokens - from);
                boolean last = from + count == tokens;
                pass.run(List.of(new TokenRun(
                        random(count), from, memory, last ? count - 1 : count, (offset, logits) -> { })));
            }
            double prefill = tokens / ((System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            for (int next = 0; next < decoded; next++) {
                pass.run(List.of(new TokenRun(random(1), tokens + next, memory, 0, (offset, logits) -> { })));
            }
            return new AtLength(tokens, prefill, decoded / ((System.nanoTime() - start) / 1e9));
        }
    }

    private int[] random(int count) {
        return ids.ints(count, 0, model.spec().vocabularySize()).toArray();
    }
}
