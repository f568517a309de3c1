package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Answer;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A number is given to a variable, that one to another, and so on, far apart; all variables with the number are asked for
 * (after RULER's variable tracking, Hsieh et al., 2024: one chain of two hops, without an example).
 */
record VariableTracking() implements Task.Hiding {
    private static final int VARIABLES = 3;
    private static final int NAME_LETTERS = 3;
    private static final int ANSWER_TOKENS = 32;

    @Override
    public String name() {
        return "variables";
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
        Random random = new Random(seed * 1_000_003 + 3);
        String number = String.valueOf(random.nextInt(10_000, 100_000));
        List<String> names = new ArrayList<>();
        List<Planting> plantings = new ArrayList<>();
        String value = number;
        for (int i = 0; i < VARIABLES; i++) {
            String name = name(random);
            int[] line = tokenizer.encodeText("\nVAR " + name + " = " + value + "\n");
            plantings.add(new Planting(depth + i * (1 - depth) / VARIABLES, line, true));
            names.add(name);
            value = "VAR " + name;
        }
        int[] question = tokenizer.encodeText("\nQuestion: Which " + VARIABLES + " variables have the value " + number
                + "? Answer: The variables that have the value " + number + " are VAR");
        return new Trial(this, depth, seed, plantings, new Answer(question, names, ANSWER_TOKENS));
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_LETTERS; i++) {
            name.append((char) ('A' + random.nextInt(26)));
        }
        return name.toString();
    }
}
