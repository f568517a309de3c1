package dev.mneme.runtime.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BestBlocksTest {
    private final BestBlocks bestBlocks = new BestBlocks();

    @Property(tries = 500)
    void thoseOfTheHighestScoresAreTakenAndOfEqualOnesTheFirst(
            @ForAll @IntRange(max = 3000) int length,
            @ForAll @IntRange(max = 3100) int count,
            @ForAll @IntRange(min = 1, max = 5000) int differentScores,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] scores = new float[length];
        for (int place = 0; place < length; place++) {
            scores[place] = score(random, random.nextInt(differentScores));
        }
        int[] expected = IntStream.range(0, length)
                .boxed()
                .sorted(Comparator.comparing((Integer place) -> -scores[place]).thenComparing(place -> place))
                .limit(count)
                .mapToInt(place -> place)
                .sorted()
                .toArray();
        assertThat(bestBlocks.best(scores, length, count)).isEqualTo(expected);
    }

    /** Shares of a softmax, what was excluded, and numbers below zero; the same of the same kind. */
    private static float score(Random random, int kind) {
        return switch (kind % 8) {
            case 0 -> random.nextFloat();
            case 1 -> Float.NEGATIVE_INFINITY;
            case 2 -> -kind;
            default -> (float) Math.exp(-kind / 40.0);
        };
    }
}
