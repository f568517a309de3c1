package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.kernel.VectorKernelProvider;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlockChoiceTest {
    private final BlockChoice choice = new BlockChoice(VectorKernelProvider.create().newKernels());

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
        int from = random.nextInt(5);
        int stride = length + random.nextInt(5);
        float[] scores = new float[from + heads * stride];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) random.nextGaussian() * spread;
        }

        int[] best = choice.best(scores.clone(), from, stride, heads, length, out.stream().toArray(), count);

        assertThat(best).hasSize(Math.min(count, left.length)).isSorted();
        assertThat(IntStream.of(best).noneMatch(out::get)).isTrue();
        if (heads == 1) {
            for (int place : left) {
                boolean chosen = IntStream.of(best).anyMatch(one -> one == place);
                for (int one : best) {
                    assertThat(chosen || scores[from + place] <= scores[from + one] + spread * 1e-4 || spread > 20).isTrue();
                }
            }
        }
    }

    @Test
    void ofEqualPlacesTheFirstAreTaken() {
        float[] scores = new float[18];
        Arrays.fill(scores, 3);
        scores[7] = 4;
        assertThat(choice.best(scores, 0, 9, 2, 9, new int[0], 4)).containsExactly(0, 1, 2, 7);
    }
}
