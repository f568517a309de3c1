package dev.mneme.app;

import dev.mneme.app.ModelSpeed.AtLength;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.MemoryDefaults;
import dev.mneme.runtime.model.TokenRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures how fast a model reads and writes far past its window, with its default policy and {@link SynthesizedMemory},
 * beside the last tokens of the window and the first ones after it. Contexts take turns, so that a machine with other
 * things to do slows all of them.
 */
final class FarSpeed {
    private static final int CHUNK = 512;
    private static final int DECODED = 64;

    private final LanguageModel model;
    private final KvFormat kv;
    private final MemoryPolicy.Sparse policy;
    private final Random ids = new Random(1);

    /** @throws UsageFailure if the model's window is too small for any retrieval */
    FarSpeed(LanguageModel model, KvFormat kv) {
        this.model = model;
        this.kv = kv;
        if (!(MemoryDefaults.of(model.spec()) instanceof MemoryPolicy.Sparse sparse)) {
            throw new UsageFailure("This model's window is too small to retrieve anything: leave --far out.");
        }
        this.policy = sparse;
    }

    /** Medians over the rounds: the end of the window, right behind it, then these lengths. */
    List<AtLength> measure(ForwardPass pass, List<Integer> lengths, int rounds) {
        int window = model.spec().contextLength() / KvLayout.BLOCK * KvLayout.BLOCK;
        List<Integer> contexts = new ArrayList<>(List.of(window - DECODED, window + KvLayout.BLOCK));
        lengths.forEach(length -> contexts.add(length / KvLayout.BLOCK * KvLayout.BLOCK));
        int longest = contexts.stream().mapToInt(Integer::intValue).max().orElseThrow();
        try (KvArrays text = read(pass);
                SynthesizedMemory memory = new SynthesizedMemory(text, longest / KvLayout.BLOCK, policy.keptBlocks())) {
            List<List<AtLength>> all = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                all.add(contexts.stream().map(context -> measure(pass, memory, context)).toList());
            }
            // The first round compiles what the others measure.
            return AtLength.medians(all.subList(1, all.size()));
        }
    }

    private KvArrays read(ForwardPass pass) {
        KvArrays text = new KvArrays(model.kvLayout(kv), policy.keptBlocks());
        for (int from = 0; from < SynthesizedMemory.TEXT; from += CHUNK) {
            run(pass, text, from, CHUNK);
        }
        return text;
    }

    /** The last tokens before {@code context} are read, then some are written one by one. */
    private AtLength measure(ForwardPass pass, SynthesizedMemory memory, int context) {
        int read = Math.min(CHUNK, context);
        long start = System.nanoTime();
        run(pass, memory, context - read, read);
        double prefill = read / ((System.nanoTime() - start) / 1e9);
        start = System.nanoTime();
        for (int next = 0; next < DECODED; next++) {
            run(pass, memory, context + next, 1);
        }
        return new AtLength(context, prefill, DECODED / ((System.nanoTime() - start) / 1e9));
    }

    private void run(ForwardPass pass, KvMemory memory, int position, int tokens) {
        int[] random = ids.ints(tokens, 0, model.spec().vocabularySize()).toArray();
        pass.run(List.of(new TokenRun(random, position, memory, policy, tokens - 1, (offset, logits) -> { })));
    }
}
