package dev.mneme.benchmarks;

import java.util.List;

/** What a model is put to at the end of a text. */
sealed interface Question {
    /** Its tokens. */
    int[] ids();

    /**
     * How likely the model finds its end.
     *
     * @param measuredFrom index of the first token that counts, at least 1
     */
    record Likelihood(int[] ids, int measuredFrom) implements Question {}

    /**
     * What the model writes after it.
     *
     * @param expected what the answer should contain
     * @param tokens   length of the answer
     */
    record Answer(int[] ids, List<String> expected, int tokens) implements Question {}
}
