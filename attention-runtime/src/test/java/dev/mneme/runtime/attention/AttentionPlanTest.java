package dev.mneme.runtime.attention;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

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
}
