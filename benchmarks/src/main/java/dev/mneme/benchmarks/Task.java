package dev.mneme.benchmarks;

import dev.mneme.runtime.tokenizer.Tokenizer;

/** A kind of question about a long text. */
sealed interface Task {
    /** How the command calls it. */
    String name();

    Measure measure();

    /** Hides something in filler text and asks for it. */
    non-sealed interface Hiding extends Task {
        /** Whether the question says which of several hidden things it means, so that one text can hold many. */
        boolean distinct();

        /** A trial; the same for the same seed and depth, whatever the length of the text. */
        Trial trial(Tokenizer tokenizer, double depth, long seed);
    }

    /** Makes the whole text. */
    non-sealed interface Telling extends Task {
        /** A text of this many tokens with a question at its end. */
        Course course(Tokenizer tokenizer, int length, long seed);

        /** Whether texts of different seeds differ. */
        boolean random();
    }
}
