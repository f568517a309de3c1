package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Answer;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.List;
import java.util.Random;

/** One pass key in the text, asked for at the end (Mohtashami and Jaggi, 2023). */
record PassKey() implements Task.Hiding {
    @Override
    public String name() {
        return "passkey";
    }

    @Override
    public Measure measure() {
        return Measure.FOUND;
    }

    @Override
    public boolean distinct() {
        return false;
    }

    @Override
    public Trial trial(Tokenizer tokenizer, double depth, long seed) {
        String key = String.valueOf(new Random(seed * 1_000_003 + 1).nextInt(10_000, 100_000));
        int[] note = tokenizer.encodeText("\nThe pass key is " + key + ". Remember it. " + key + " is the pass key.\n");
        int[] question = tokenizer.encodeText("\nWhat is the pass key? The pass key is");
        return new Trial(this, depth, seed, List.of(new Planting(depth, note, true)),
                new Answer(question, List.of(key), key.length() + 3));
    }
}
