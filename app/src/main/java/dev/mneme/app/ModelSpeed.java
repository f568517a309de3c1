package dev.mneme.app;

import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.TokenRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Measures how fast a model reads and writes, without sessions, sampling or journal around it. */
final class ModelSpeed {
    private static final int CHUNK = 512;
    /** Tokens that are written at each length. */
    static final int DECODED = 64;
    private static final int WARM_TOKENS = 96;
    private static final long LEAST_WARM_UP = 3_000_000_000L;
    private static final long MOST_WARM_UP = 20_000_000_000L;
    /** Warm is who has not become this much faster for as many rounds. */
    private static final double STEADY = 1.01;
    private static final int STEADY_ROUNDS = 6;

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

        /** By length, the medians of several rounds over the same lengths. */
        static List<AtLength> medians(List<List<AtLength>> rounds) {
            List<AtLength> medians = new ArrayList<>();
            for (int i = 0; i < rounds.getFirst().size(); i++) {
                int length = i;
                List<AtLength> same = rounds.stream().map(round -> round.get(length)).toList();
                medians.add(new AtLength(
                        same.getFirst().tokens, median(same, AtLength::prefill), median(same, AtLength::decode)));
            }
            return medians;
        }

        private static double median(List<AtLength> speeds, ToDoubleFunction<AtLength> speed) {
            return Median.of(speeds.stream().mapToDouble(speed));
        }
    }

    /** Runs until it gets no faster: all loops are compiled then, and the weights packed. */
    void warmUp(ForwardPass pass) {
        long start = System.nanoTime();
        double best = 0;
        int steady = 0;
        while (System.nanoTime() - start < LEAST_WARM_UP
                || (steady < STEADY_ROUNDS && System.nanoTime() - start < MOST_WARM_UP)) {
            double decode = measure(pass, Math.min(WARM_TOKENS, model.spec().contextLength() - DECODED)).decode();
            steady = decode > best * STEADY ? 0 : steady + 1;
            best = Math.max(best, decode);
        }
    }

    /** One round over these lengths. */
    List<AtLength> measure(ForwardPass pass, List<Integer> lengths) {
        return lengths.stream().map(length -> measure(pass, length)).toList();
    }

    private AtLength measure(ForwardPass pass, int tokens) {
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
            for (int next = 0; next < DECODED; next++) {
                pass.run(List.of(new TokenRun(random(1), tokens + next, memory, 0, (offset, logits) -> { })));
            }
            return new AtLength(tokens, prefill, DECODED / ((System.nanoTime() - start) / 1e9));
        }
    }

    private int[] random(int count) {
        return ids.ints(count, 0, model.spec().vocabularySize()).toArray();
    }
}
