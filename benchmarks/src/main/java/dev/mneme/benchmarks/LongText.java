package dev.mneme.benchmarks;

import dev.mneme.app.UsageFailure;
import dev.mneme.benchmarks.Question.Likelihood;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How likely a given text goes on as it does, in its last {@value #MEASURED} tokens.
 *
 * @param text all of it; each length takes its beginning
 */
record LongText(String text) implements Task.Telling {
    private static final int MEASURED = 2_048;

    @Override
    public String name() {
        return "text";
    }

    @Override
    public Measure measure() {
        return Measure.NATS;
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public Course course(Tokenizer tokenizer, int length, long seed) {
        int[] ids = IntStream.concat(tokenizer.beginOfSequence().stream(), Arrays.stream(tokenizer.encodeText(text))).toArray();
        if (ids.length < length || length <= MEASURED) {
            throw new UsageFailure("The text has " + ids.length + " tokens: a length between " + (MEASURED + 1)
                    + " and that is possible, not " + length + ".");
        }
        int before = length - MEASURED;
        // The first token that counts is predicted by the one before it.
        Likelihood question = new Likelihood(Arrays.copyOfRange(ids, before - 1, length), 1);
        return Course.ofWhole(Arrays.copyOf(ids, before - 1), new Trial(this, Double.NaN, seed, List.of(), question));
    }
}
