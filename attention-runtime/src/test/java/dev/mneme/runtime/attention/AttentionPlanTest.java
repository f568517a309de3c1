package dev.mneme.runtime.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
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
    void aPackedPlanHoldsSinksPinsChosenBlocksAndLocalWindowOnceWithinNineTenthsOfTheWindow(
            @ForAll @IntRange(max = 4) int sinks, @ForAll @IntRange(min = 1, max = 20) int window,
            @ForAll @IntRange(max = 40) int topK, @ForAll @IntRange(min = 320, max = 10_000) int modelWindow,
            @ForAll @IntRange(max = 100_000) int past, @ForAll @IntRange(max = 12) int pins, @ForAll long seed) {
        Random random = new Random(seed);
        PinnedBlocks pinned = PinnedBlocks.of(random.ints(pins, 0, modelWindow / 64).toArray());
        Sparse policy = new Sparse(64 * sinks, 64 * window, topK, 0, 8, 8, pinned);
        Assume.that(10 * policy.planTokens() <= 9L * modelWindow);
        policy.check(modelWindow);
        int position = policy.firstSparsePosition(modelWindow) + past;
        PlanFrame frame = PlanFrame.of(policy, position);
        int[] chosen = chosen(frame, random);
        int[] blocks = AttentionPlan.packed(frame, chosen).blocks();
        assertThat(blocks.length * 64).isLessThanOrEqualTo(modelWindow * 9 / 10);
        assertThat(IntStream.of(blocks).distinct().sorted().toArray()).isEqualTo(blocks);
        int own = position / 64;
        IntStream parts = IntStream.concat(
                IntStream.concat(IntStream.range(0, sinks), IntStream.rangeClosed(own - window, own)),
                IntStream.concat(IntStream.of(chosen), IntStream.range(0, pinned.size()).map(pinned::block)));
        assertThat(blocks).isEqualTo(parts.distinct().sorted().toArray());
    }

    @Property
    void aShortlistGoesOnBehindItsBlocksButNotIntoPinsOrTheLocalWindow(
            @ForAll @IntRange(max = 2) int sinks, @ForAll @IntRange(max = 40) int count, @ForAll @IntRange(max = 12) int pins,
            @ForAll long seed) {
        Random random = new Random(seed);
        PinnedBlocks pinned = PinnedBlocks.of(random.ints(pins, 0, 64).toArray());
        PlanFrame frame = PlanFrame.of(new Sparse(64 * sinks, 256, 1, 1, 4, 4, pinned), 64 * 64);
        int[] best = random.ints(count, sinks, frame.firstLocal()).filter(block -> !contains(pinned, block)).sorted().distinct().toArray();
        IntStream following = IntStream.of(best).map(block -> block + 1)
                .filter(block -> block < frame.firstLocal() && !contains(pinned, block));
        assertThat(frame.withFollowing(best))
                .isEqualTo(IntStream.concat(IntStream.of(best), following).sorted().distinct().toArray());
    }

    private static boolean contains(PinnedBlocks pins, int block) {
        return IntStream.range(0, pins.size()).anyMatch(pin -> pins.block(pin) == block);
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
    void pinsThatDoNotFitAreRefusedAndThoseAmongTheSinksTakeNoRoom() {
        Sparse policy = new Sparse(64, 192, 1, 0, 8);
        policy.withPins(PinnedBlocks.of(0)).check(427);
        policy.withPins(PinnedBlocks.of(0, 3, 3)).check(498);
        assertThatThrownBy(() -> policy.withPins(PinnedBlocks.of(0, 3, 3)).check(497))
                .isInstanceOf(MemoryPolicyException.class)
                .hasMessageContaining("pinned").hasMessageContaining("448 tokens").hasMessageContaining("497");
    }

    @Test
    void aPolicyThatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> new Sparse(60, 64, 1, 0, 8)).hasMessageContaining("sinks");
        assertThatThrownBy(() -> new Sparse(64, 0, 1, 0, 8)).hasMessageContaining("window");
        assertThatThrownBy(() -> new Sparse(64, 64, -1, 0, 8)).hasMessageContaining("topK");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 3, 8)).hasMessageContaining("candidates");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 8, 12)).hasMessageContaining("refresh");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 8, 8, 4)).hasMessageContaining("survey");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 8, 8, 128)).hasMessageContaining("survey");
        assertThatThrownBy(() -> new Sparse(64, 64, 4, 0, 8, 16)).hasMessageContaining("survey");
    }

    private static int[] chosen(PlanFrame frame, Random random) {
        return random.ints(0, frame.candidates()).distinct()
                .map(block -> block + frame.sinks())
                .filter(block -> IntStream.range(0, frame.pins().size()).noneMatch(i -> frame.pins().block(i) == block))
                .limit(frame.retrieved()).sorted().toArray();
    }
}
