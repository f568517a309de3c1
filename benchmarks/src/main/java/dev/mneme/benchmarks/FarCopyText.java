package dev.mneme.benchmarks;

import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A passage of 60 random words early in varied filler, and the same passage again at the end.
 *
 * @param ids          tokens of all of it
 * @param measuredFrom index of the first token of the second half of the repeat
 */
record FarCopyText(int[] ids, int measuredFrom) {
    private static final int PASSAGE_WORDS = 60;
    private static final List<String> WORDS = List.of((
            "amber barrel copper dragon engine falcon garden hammer island jungle kettle ladder magnet needle orchid "
            + "pepper quartz ribbon saddle timber umbrella velvet walnut yellow zephyr anchor basket candle dagger ember "
            + "feather goblet harbor ivory jacket kitten lantern marble nutmeg oyster pillow rocket silver turtle violin "
            + "window").split(" "));
    private static final List<String> WHO = List.of("The baker", "An old sailor", "My neighbour", "The teacher",
            "A young farmer", "Her brother", "The doctor", "Our guide", "The mayor", "A stranger", "The painter", "His aunt");
    private static final List<String> DID = List.of("walked to", "wrote about", "came back from", "asked about", "painted",
            "forgot", "talked of", "looked for", "drove past", "dreamed of", "sold", "remembered");
    private static final List<String> WHAT = List.of("the mill", "the river", "a small house", "the market", "the harvest",
            "an old bridge", "the railway station", "the winter fair", "a letter", "the school", "the hills", "the harbour");
    private static final List<String> WHEN = List.of("on Monday", "before the rain", "late in the evening", "last summer",
            "after breakfast", "when the bells rang", "without a word", "for the third time", "in the cold wind",
            "with a smile", "at noon", "as always");

    /** A text of about {@code length} tokens, the passage at {@code depth} (0 to 1) of the filler. */
    static FarCopyText of(Tokenizer tokenizer, int length, double depth, long seed) {
        Random random = new Random(seed);
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < PASSAGE_WORDS; i++) {
            words.append(' ').append(any(WORDS, random));
        }
        int[] note = tokenizer.encodeText("\nNote:" + words + ".\n");
        int[] filler = filler(tokenizer, length - 2 * note.length, random);
        int at = (int) (depth * filler.length);
        IntStream begin = tokenizer.beginOfSequence().stream();
        int[] ids = concat(begin.toArray(), IntStream.of(filler).limit(at).toArray(), note,
                IntStream.of(filler).skip(at).toArray(), note);
        return new FarCopyText(ids, ids.length - note.length / 2);
    }

    private static int[] filler(Tokenizer tokenizer, int tokens, Random random) {
        IntStream.Builder ids = IntStream.builder();
        for (int count = 0; count < tokens; ) {
            String sentence = " " + any(WHO, random) + " " + any(DID, random) + " " + any(WHAT, random) + " "
                    + any(WHEN, random) + ".";
            int[] more = tokenizer.encodeText(sentence);
            IntStream.of(more).forEach(ids::add);
            count += more.length;
        }
        return ids.build().limit(tokens).toArray();
    }

    private static String any(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
