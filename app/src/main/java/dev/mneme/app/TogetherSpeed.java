package dev.mneme.app;

import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.TokenRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Measures what sessions that write at the same time gain from each other: a step reads the weights once for all of them. */
final class TogetherSpeed {
    static final int SESSIONS = 8;
    static final int CONTEXT = 64;
    private static final int DECODED = 48;

    private final LanguageModel model;
    private final KvFormat kv;
    private final Random ids = new Random(1);

    TogetherSpeed(LanguageModel model, KvFormat kv) {
        this.model = model;
        this.kv = kv;
    }

    /**
     * Tokens a second of all sessions, medians.
     *
     * @param alone of one session
     * @param together of {@link #SESSIONS}
     */
    record Speeds(double alone, double together) {}

    /** One session and all of them take turns. */
    Speeds measure(ForwardPass pass, int rounds) {
        double[] alone = new double[rounds];
        double[] together = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            alone[round] = decode(pass, 1);
            together[round] = decode(pass, SESSIONS);
        }
        return new Speeds(Median.of(Arrays.stream(alone)), Median.of(Arrays.stream(together)));
    }

    private double decode(ForwardPass pass, int sessions) {
        List<KvArrays> memories = new ArrayList<>();
        try {
            for (int session = 0; session < sessions; session++) {
                memories.add(new KvArrays(model.kvLayout(kv), 0));
            }
            step(pass, memories, 0, CONTEXT);
            long start = System.nanoTime();
            for (int next = 0; next < DECODED; next++) {
                step(pass, memories, CONTEXT + next, 1);
            }
            return sessions * DECODED / ((System.nanoTime() - start) / 1e9);
        } finally {
            memories.forEach(KvArrays::close);
        }
    }

    private void step(ForwardPass pass, List<KvArrays> memories, int position, int tokens) {
        pass.run(memories.stream()
                .map(memory -> new TokenRun(random(tokens), position, memory, tokens - 1, (offset, logits) -> { }))
                .toList());
    }

    private int[] random(int count) {
        return ids.ints(count, 0, model.spec().vocabularySize()).toArray();
    }
}
