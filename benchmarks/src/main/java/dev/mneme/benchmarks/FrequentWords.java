package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Answer;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A text of made-up words, the k-th of them k^-2 times as frequent as the first; the three most frequent are asked for
 * (RULER's frequent words extraction, Hsieh et al., 2024).
 */
record FrequentWords() implements Task.Telling {
    private static final int VOCABULARY = 500;
    private static final int ASKED = 3;
    private static final int ANSWER_TOKENS = 32;
    private static final String[] SYLLABLES = "ba de fi go ku la me ni po ru sa te vi zo".split(" ");

    @Override
    public String name() {
        return "frequent-words";
    }

    @Override
    public Measure measure() {
        return Measure.FOUND;
    }

    @Override
    public boolean random() {
        return true;
    }

    @Override
    public Course course(Tokenizer tokenizer, int length, long seed) {
        Random random = new Random(seed * 1_000_003 + 4);
        List<String> words = words(random);
        int[] question = tokenizer.encodeText("\nQuestion: What are the three most frequent words in this coded text? "
                + "Answer: The three most frequent words are");
        int[] begin = tokenizer.beginOfSequence().stream().toArray();
        IntStream.Builder text = IntStream.builder();
        Arrays.stream(begin).forEach(text::add);
        int[] title = tokenizer.encodeText("Coded text:");
        Arrays.stream(title).forEach(text::add);
        int left = length - begin.length - title.length - question.length;
        while (left > 0) {
            int[] word = tokenizer.encodeText(" " + words.get(rank(random)));
            Arrays.stream(word).limit(left).forEach(text::add);
            left -= word.length;
        }
        Trial trial = new Trial(this, Double.NaN, seed, List.of(), new Answer(question, words.subList(0, ASKED), ANSWER_TOKENS));
        return Course.ofWhole(text.build().toArray(), trial);
    }

    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        while (words.size() < VOCABULARY) {
            String word = SYLLABLES[random.nextInt(SYLLABLES.length)] + SYLLABLES[random.nextInt(SYLLABLES.length)]
                    + SYLLABLES[random.nextInt(SYLLABLES.length)];
            if (!words.contains(word)) {
                words.add(word);
            }
        }
        return words;
    }

    /** A rank drawn with weights 1, 1/4, 1/9 … */
    private static int rank(Random random) {
        double total = 0;
        for (int k = 1; k <= VOCABULARY; k++) {
            total += 1.0 / k / k;
        }
        double left = random.nextDouble() * total;
        int rank = 0;
        while (rank < VOCABULARY - 1) {
            left -= 1.0 / (rank + 1) / (rank + 1);
            if (left < 0) {
                break;
            }
            rank++;
        }
        return rank;
    }
}
