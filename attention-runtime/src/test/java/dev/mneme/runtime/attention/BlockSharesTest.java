package dev.mneme.runtime.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockSharesTest {
    private final BlockShares shares = new BlockShares();

    /** Even where no other block has a share worth a bit, as with widely spread scores. */
    @Property
    void whatIsExcludedIsNotChosenAndTheOthersAreByTheirScores(
            @ForAll @IntRange(min = 1, max = 40) int length, @ForAll @IntRange(min = 1, max = 3) int heads,
            @ForAll @IntRange(min = 1, max = 50) int count, @ForAll @IntRange(min = 1, max = 200) int spread,
            @ForAll long seed) {
        Random random = new Random(seed);
        BitSet out = new BitSet();
        random.ints(random.nextInt(length + 1), 0, length).forEach(out::set);
        int[] left = IntStream.range(0, length).filter(place -> !out.get(place)).toArray();
        float[][] scores = new float[heads][length];
        for (float[] head : scores) {
            for (int place = 0; place < length; place++) {
                head[place] = (float) random.nextGaussian() * spread;
            }
        }

        shares.begin(heads, length);
        for (int head = 0; head < heads; head++) {
            System.arraycopy(scores[head], 0, shares.maxima(), head * length, length);
        }
        out.stream().forEach(shares::exclude);
        int[] best = shares.best(count);

        assertThat(best).hasSize(Math.min(count, left.length)).isSorted();
        assertThat(IntStream.of(best).noneMatch(out::get)).isTrue();
        if (heads == 1) {
            for (int place : left) {
                boolean chosen = IntStream.of(best).anyMatch(one -> one == place);
                for (int one : best) {
                    assertThat(chosen || scores[0][place] <= scores[0][one] + spread * 1e-4 || spread > 20).isTrue();
                }
            }
        }
    }
}
