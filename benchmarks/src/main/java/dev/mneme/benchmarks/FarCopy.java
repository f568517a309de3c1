package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Likelihood;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.List;
import java.util.Random;

/**
 * A passage of 60 random words, and the same passage again at the end: how likely is the second half of the repeat? The
 * first half says which passage it is.
 */
record FarCopy() implements Task.Hiding {
    private static final int PASSAGE_WORDS = 60;
    static final List<String> WORDS = List.of((
            "amber barrel copper dragon engine falcon garden hammer island jungle kettle ladder magnet needle orchid "
            + "pepper quartz ribbon saddle timber umbrella velvet walnut yellow zephyr anchor basket candle dagger ember "
            + "feather goblet harbor ivory jacket kitten lantern marble nutmeg oyster pillow rocket silver turtle violin "
            + "window").split(" "));

    @Override
    public String name() {
        return "far-copy";
    }

    @Override
    public Measure measure() {
        return Measure.NATS;
    }

    @Override
    public boolean distinct() {
        return true;
    }

    @Override
    public Trial trial(Tokenizer tokenizer, double depth, long seed) {
        // Another passage at each depth: in a text that holds all of them each must stand once.
        Random random = new Random(seed * 1_000_003 + Math.round(depth * 1_000));
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < PASSAGE_WORDS; i++) {
            words.append(' ').append(Filler.any(WORDS, random));
        }
        int[] note = tokenizer.encodeText("\nNote:" + words + ".\n");
        return new Trial(this, depth, seed, List.of(new Planting(depth, note, true)),
                new Likelihood(note, note.length - note.length / 2));
    }
}
