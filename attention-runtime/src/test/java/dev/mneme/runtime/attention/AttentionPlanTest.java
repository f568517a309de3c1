package dev.mneme.runtime.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AttentionPlanTest {
    @Property
    void aDensePlanHoldsExactlyTheBlocksWithAVisibleKeyAtTheirTrueDistances(
            @ForAll @IntRange(max = 5_000) int position, @ForAll @IntRange(max = 700) int window) {
        int own = position / 64;
        AttentionPlan plan = AttentionPlan.dense(AttentionPlan.firstBlock(position, window), own);
        int firstVisible = window == 0 ? 0 : Math.max(0, position - window + 1);
        assertThat(plan.block(0)).isEqualTo(firstVisible / 64);
        assertThat(plan.block(plan.size() - 1)).isEqualTo(own);
        for (int entry = 0; entry < plan.size(); entry++) {
            assertThat(plan.block(entry)).isEqualTo(plan.block(0) + entry);
            assertThat(64 * plan.distance(entry) + position % 64).isEqualTo(position - 64 * plan.block(entry));
        }
        assertThat(plan.splits()).isEqualTo((plan.size() + 7) / 8);
    }

    @Property
    void aPackedPlanHoldsSinksChosenBlocksAndLocalWindowWithinNineTenthsOfTheWindow(
            @ForAll @IntRange(max = 4) int sinks, @ForAll @IntRange(min = 1, max = 20) int window,
            @ForAll @IntRange(max = 40) int topK, @ForAll @IntRange(min = 320, max = 10_000) int modelWindow,
            @ForAll @IntRange(max = 1_000_000) int past, @ForAll long seed) {
        Sparse policy = new Sparse(64 * sinks, 64 * window, topK, 0, 8);
        Assume.that(10 * policy.planTokens() <= 9L * modelWindow);
        policy.check(modelWindow);
        int position = policy.firstSparsePosition(modelWindow) + past;
        PlanFrame frame = PlanFrame.of(policy, position);
        int[] chosen = chosen(frame, new Random(seed));
        int[] blocks = AttentionPlan.packed(frame, chosen).blocks();
        assertThat(blocks.length * 64).isLessThanOrEqualTo(modelWindow * 9 / 10);
        assertThat(IntStream.of(blocks).distinct().sorted().toArray()).isEqualTo(blocks);
        assertThat(Arrays.copyOf(blocks, sinks)).isEqualTo(IntStream.range(0, sinks).toArray());
        assertThat(Arrays.copyOfRange(blocks, sinks, sinks + topK)).isEqualTo(chosen);
        int own = position / 64;
        assertThat(Arrays.copyOfRange(blocks, sinks + topK, blocks.length))
                .isEqualTo(IntStream.rangeClosed(own - window, own).toArray());
    }

    @Property
    void distancesOfAPackedPlanCountAlongIt(@ForAll @IntRange(max = 1_000_000) int past, @ForAll long seed) {
        PlanFrame frame = PlanFrame.of(new Sparse(128, 256, 5, 10, 4), 2_048 + past);
        AttentionPlan plan = AttentionPlan.packed(frame, chosen(frame, new Random(seed)));
        for (int entry = 0; entry < plan.size(); entry++) {
            assertThat(plan.distance(entry)).isEqualTo(plan.size() - 1 - entry);
        }
    }

    @Test
    void aPolicyWhosePlansAreTooLongForTheModelIsRefused() {
        new Sparse(64, 1_024, 16, 64, 8).check(8_192);
        new Sparse(64, 192, 1, 0, 8).check(427);
        assertThatThrownBy(() -> new Sparse(64, 192, 1, 0, 8).check(426))
                .isInstanceOf(MemoryPolicyException.class).hasMessageContaining("384 tokens").hasMessageContaining("426");
    }

    @Test
    void aPolicyThatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> new Sparse(60, 64, 1, 0, 8)).hasMessageContaining("sinks");
        assertThatThrownBy(() -> new Sparse(64, 0, 1, 0, 8)).hasMessageContaining("window");
        assertThatThrownBy(() -> new Sparse(64, 64, -1, 0, 8)).hasMessageContaining("topK");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 3, 8)).hasMessageContaining("candidates");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 8, 12)).hasMessageContaining("refresh");
    }

    private static int[] chosen(PlanFrame frame, Random random) {
        return random.ints(0, frame.candidates()).distinct().limit(frame.retrieved())
                .map(block -> block + frame.sinks()).sorted().toArray();
    }
}
