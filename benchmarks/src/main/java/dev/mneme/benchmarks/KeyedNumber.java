package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Answer;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Eight numbers, each with a name; one of them is asked for by its name (as RULER's multi-key needle, Hsieh et al., 2024). */
record KeyedNumber() implements Task.Hiding {
    private static final int OTHERS = 7;

    @Override
    public String name() {
        return "number";
    }

    @Override
    public Measure measure() {
        return Measure.FOUND;
    }

    /** Names of several trials in a text may be the same. */
    @Override
    public boolean distinct() {
        return false;
    }

    @Override
    public Trial trial(Tokenizer tokenizer, double depth, long seed) {
        Random random = new Random(seed * 1_000_003 + 2);
        List<String> names = new ArrayList<>(FarCopy.FEW_WORDS.words());
        Collections.shuffle(names, random);
        List<Planting> plantings = new ArrayList<>();
        String asked = number(random);
        plantings.add(new Planting(depth, note(tokenizer, names.getFirst(), asked), true));
        for (int i = 1; i <= OTHERS; i++) {
            plantings.add(new Planting((i - 0.5) / OTHERS, note(tokenizer, names.get(i), number(random)), false));
        }
        int[] question = tokenizer.encodeText("\nWhat is the special number of " + names.getFirst()
                + "? The special number of " + names.getFirst() + " is");
        return new Trial(this, depth, seed, plantings, new Answer(question, List.of(asked), asked.length() + 3));
    }

    private static String number(Random random) {
        return String.valueOf(random.nextInt(10_000, 100_000));
    }

    private static int[] note(Tokenizer tokenizer, String name, String number) {
        return tokenizer.encodeText("\nThe special number of " + name + " is " + number + ".\n");
    }
}
