package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Shares of blocks, whatever the size of their scores: those of some between 0 and 1, those of all exactly 1. */
class BlockWeightsTest {
    private static final int HEADS = 3;

    @Property(tries = 200)
    void someHaveTheSumOfTheirShares(@ForAll @IntRange(min = 1, max = 300) int count, @ForAll long seed) {
        Random random = new Random(seed);
        BlockWeights weights = new BlockWeights(HEADS, count);
        for (int i = 0; i < HEADS * count; i++) {
            weights.maxima[i] = 200 + 4 * (float) random.nextGaussian(); // exp of this is no float
            weights.sums[i] = 1 + 63 * random.nextFloat();
        }
        int[] some = IntStream.range(0, count).filter(block -> random.nextBoolean()).toArray();
        for (int head = 0; head < HEADS; head++) {
            double[] shares = weights.shares(head);
            assertThat(weights.share(head, some))
                    .isBetween(0.0, 1.0)
                    .isCloseTo(IntStream.of(some).mapToDouble(block -> shares[block]).sum(), within(1e-12));
            assertThat(weights.share(head, IntStream.range(0, count).toArray())).isEqualTo(1);
            int last = head * count + count - 1;
            assertThat(shares[count - 1] / shares[0]).isCloseTo(
                    Math.exp((double) weights.maxima[last] - weights.maxima[head * count]) * weights.sums[last] / weights.sums[head * count],
                    within(1e-9 * shares[count - 1] / shares[0]));
        }
    }
}
