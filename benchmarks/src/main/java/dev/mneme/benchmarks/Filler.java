package dev.mneme.benchmarks;

import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Text that means little and hardly repeats itself: sentences of a small grammar, over a million different ones. A
 * shorter text of the same seed is the beginning of a longer one.
 *
 * @param ids    its tokens
 * @param starts where its sentences begin, ascending
 */
record Filler(int[] ids, int[] starts) {
    private static final List<String> WHO = words("The baker, An old sailor, My neighbour, The teacher, A young farmer, Her brother, "
            + "The doctor, Our guide, The mayor, A stranger, The painter, His aunt, The postman, A tired nurse, Their cousin, "
            + "The librarian, A travelling judge, The gardener, My grandmother, The youngest clerk, A fisherman, The widow, "
            + "An honest lawyer, The bride, Two students, The miller, A retired captain, The cook, Some children, The bishop, "
            + "A watchmaker, The drummer, Our landlord, A shepherd, The ferryman, Her godfather");
    private static final List<String> DID = words("walked to, wrote about, came back from, asked about, painted, forgot, talked of, "
            + "looked for, drove past, dreamed of, sold, remembered, measured, complained about, paid for, drew a map of, "
            + "took a picture of, sang about, hurried to, waited near, knew all about, made a model of, argued about, admired, "
            + "was told of, hid behind, returned to, was proud of, turned away from, read about, kept an eye on, laughed at, "
            + "bought a share of, lost sight of, was born near, made fun of");
    private static final List<String> WHAT = words("the mill, the river, a small house, the market, the harvest, an old bridge, "
            + "the railway station, the winter fair, a letter, the school, the hills, the harbour, a broken clock, the new road, "
            + "the church tower, a row of poplars, the brewery, an empty shop, the town hall, a flock of geese, the lighthouse, "
            + "the theatre, a rusty plough, the quarry, the orchard, a stone wall, the post office, an island, the hospital, "
            + "a wooden boat, the vineyard, the old fort, a chess board, the fountain, the museum, a wedding cake, the meadow, "
            + "the bakery, a blue carriage, the cellar, the toll gate, a bird cage, the cemetery, the canal, a pair of boots, "
            + "the sawmill, the village green, a glass door");
    private static final List<String> WHEN = words("on Monday, before the rain, late in the evening, last summer, after breakfast, "
            + "when the bells rang, without a word, for the third time, in the cold wind, with a smile, at noon, as always, "
            + "during the war, for no good reason, in spite of the heat, twice a week, until it grew dark, to everyone's surprise, "
            + "with great care, on the way home, in the spring of that year, against all advice, in a hurry, by candlelight, "
            + "before anyone was awake, on a borrowed horse, in the company of friends, as the story goes, a little too late, "
            + "on the first of May, like a child, for the sake of peace");

    /** About this many tokens and at least as many. */
    static Filler of(Tokenizer tokenizer, int tokens, FillerText text) {
        Random random = new Random(text.seed());
        int[] ids = new int[tokens + 64];
        int[] starts = new int[tokens / 4 + 1];
        int length = 0;
        int sentences = 0;
        while (length < tokens) {
            if (sentences % text.sentences() == 0) {
                random.setSeed(text.seed());
            }
            int[] sentence = tokenizer.encodeText(sentence(random));
            if (length + sentence.length > ids.length) {
                ids = Arrays.copyOf(ids, length + sentence.length);
            }
            System.arraycopy(sentence, 0, ids, length, sentence.length);
            starts[sentences++] = length;
            length += sentence.length;
        }
        return new Filler(Arrays.copyOf(ids, length), Arrays.copyOf(starts, sentences));
    }

    private static String sentence(Random random) {
        String first = " " + any(WHO, random) + " " + any(DID, random) + " " + any(WHAT, random) + " " + any(WHEN, random);
        return random.nextInt(4) > 0
                ? first + "."
                : first + ", and " + any(WHO, random).toLowerCase(Locale.ROOT) + " " + any(DID, random) + " "
                        + any(WHAT, random) + ".";
    }

    /** Start of the last sentence that begins at or before this place. */
    int sentenceStart(int place) {
        int found = Arrays.binarySearch(starts, place);
        return starts[found >= 0 ? found : Math.max(0, -found - 2)];
    }

    /** Start of the first sentence that begins after this place; the end of the text if there is none. */
    int sentenceAfter(int place) {
        int found = Arrays.binarySearch(starts, place + 1);
        int sentence = found >= 0 ? found : -found - 1;
        return sentence < starts.length ? starts[sentence] : ids.length;
    }

    static String any(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static List<String> words(String commaSeparated) {
        return List.of(commaSeparated.split(", "));
    }
}
