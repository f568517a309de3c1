package dev.mneme.actors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long prompts may make the steps of sessions that decode. */
class StepBudgetTest {
    private static final long DECODE_NANOS = 4_000_000;

    private final StepBudget budget = new StepBudget();

    @Test
    void aloneAPromptTakesFullSteps() {
        assertThat(budget.prefillTokens(0)).isEqualTo(StepBudget.FULL);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 100, 505, 508, 511, 512, 600})
    void decodeAndPromptTokensFillWholeTiles(int decodes) {
        learn(decodes, 1_000_000);

        int tokens = budget.prefillTokens(decodes);

        assertThat(tokens).isGreaterThanOrEqualTo(4);
        assertThat((decodes + tokens) % StepBudget.TILE).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {50_000, 200_000, 500_000, 1_000_000})
    void aStepTakesAtMostThreeTimesAsLongAsOneWithoutAPrompt(long tokenNanos) {
        learn(1, tokenNanos);

        long withPrompt = DECODE_NANOS + budget.prefillTokens(1) * tokenNanos;

        assertThat(withPrompt).isBetween(2 * DECODE_NANOS, 3 * DECODE_NANOS);
    }

    @Test
    void aSlowPromptStillGetsItsTile() {
        learn(1, 50_000_000);

        assertThat(budget.prefillTokens(1)).isEqualTo(7);
    }

    private void learn(int decodes, long tokenNanos) {
        for (int step = 0; step < 100; step++) {
            budget.took(decodes, 0, DECODE_NANOS);
            budget.took(decodes, 8, DECODE_NANOS + 8 * tokenNanos);
        }
    }
}
