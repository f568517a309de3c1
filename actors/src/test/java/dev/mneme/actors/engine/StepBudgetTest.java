package dev.mneme.actors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** How long prompts may make the steps of sessions that decode. */
class StepBudgetTest {
    private static final int MOST_WITHOUT_PROMPT = 5;
    /** Where little less than two tiles could be paid, and one is taken. */
    private static final double LEAST_STRETCH = 1 + (StepBudget.STRETCH - 1) * 0.45;

    @Example
    void aloneAPromptTakesFullSteps() {
        assertThat(new StepBudget().prefillTokens(0)).isEqualTo(StepBudget.FULL);
    }

    @Property(tries = 300)
    void aloneAPromptTakesFullStepsWhateverWasBefore(@ForAll @Size(max = 60) List<@IntRange(max = 3) Integer> decodes, @ForAll long nanos) {
        StepBudget budget = new StepBudget();
        decodes.forEach(each -> step(budget, each, nanos));

        assertThat(budget.prefillTokens(0)).isEqualTo(StepBudget.FULL);
    }

    @Property(tries = 500)
    void decodeAndPromptTokensFillWholeTilesWhateverTheClockSays(
            @ForAll @IntRange(min = 1, max = 600) int decodes, @ForAll @Size(max = 80) List<Long> nanos) {
        StepBudget budget = new StepBudget();
        for (long each : nanos) {
            int tokens = step(budget, decodes, each);
            if (tokens > 0) {
                assertThat(tokens).isGreaterThanOrEqualTo(StepBudget.LEAST);
                assertThat((decodes + tokens) % StepBudget.TILE).isZero();
                assertThat(decodes + tokens)
                        .isLessThanOrEqualTo(Math.max(StepBudget.FULL, decodes + StepBudget.LEAST + StepBudget.TILE - 1));
            }
        }
    }

    @Property(tries = 500)
    void noPromptWaitsLongWhateverTheClockSays(
            @ForAll @IntRange(min = 1, max = 600) int decodes, @ForAll @Size(min = 20, max = 80) List<Long> nanos) {
        StepBudget budget = new StepBudget();
        int waited = 0;
        for (long each : nanos) {
            waited = step(budget, decodes, each) == 0 ? waited + 1 : 0;

            assertThat(waited).isLessThanOrEqualTo(MOST_WITHOUT_PROMPT);
        }
    }

    @Property(tries = 500)
    void onAverageAStepTakesWhatItMay(
            @ForAll @IntRange(min = 1, max = 16) int decodes,
            @ForAll @LongRange(min = 100_000, max = 100_000_000) long decodeNanos,
            @ForAll @DoubleRange(max = 3) double withPrompt,
            @ForAll @DoubleRange(min = 0.01, max = 0.5) double promptToken) {
        Machine machine = new Machine(decodes, decodeNanos, withPrompt, promptToken);
        machine.run(60);

        assertThat(machine.run(400)).isBetween(LEAST_STRETCH, 1.05 * StepBudget.STRETCH);
    }

    @Property(tries = 500)
    void oneHiccupIsForgotten(
            @ForAll @LongRange(min = 100_000, max = 100_000_000) long decodeNanos,
            @ForAll @DoubleRange(max = 3) double withPrompt,
            @ForAll @DoubleRange(min = 0.01, max = 0.5) double promptToken,
            @ForAll @IntRange(max = 40) int when,
            @ForAll @LongRange(min = 1_000_000, max = 60_000_000_000L) long nanos) {
        Machine machine = new Machine(1, decodeNanos, withPrompt, promptToken);
        machine.run(30 + when);
        step(machine.budget, 1, nanos);
        machine.run(60);

        assertThat(machine.run(400)).isBetween(LEAST_STRETCH, 1.05 * StepBudget.STRETCH);
    }

    @Property(tries = 200)
    void aFirstStepThatWasSlowIsForgotten(
            @ForAll @LongRange(min = 100_000, max = 100_000_000) long decodeNanos, @ForAll @DoubleRange(min = 1, max = 1_000) double slower) {
        Machine machine = new Machine(1, decodeNanos, 0.5, 0.2);
        step(machine.budget, 1, (long) (decodeNanos * slower));
        machine.run(200);

        assertThat(machine.run(400)).isBetween(LEAST_STRETCH, 1.05 * StepBudget.STRETCH);
    }

    /** A step of so many decode tokens and what the budget says; answers how many prompt tokens it had. */
    private static int step(StepBudget budget, int decodes, long nanos) {
        int tokens = budget.prefillTokens(decodes);
        budget.took(decodes, tokens, nanos);
        return tokens;
    }

    /**
     * What steps take.
     *
     * @param withPrompt what the first prompt token adds beside what each adds, in steps without
     * @param promptToken what each prompt token adds, in steps without
     */
    private static final class Machine {
        private final StepBudget budget = new StepBudget();
        private final int decodes;
        private final long decodeNanos;
        private final double withPrompt;
        private final double promptToken;

        Machine(int decodes, long decodeNanos, double withPrompt, double promptToken) {
            this.decodes = decodes;
            this.decodeNanos = decodeNanos;
            this.withPrompt = withPrompt;
            this.promptToken = promptToken;
        }

        /** The mean step, in steps without prompt tokens. */
        double run(int steps) {
            double sum = 0;
            for (int step = 0; step < steps; step++) {
                int tokens = budget.prefillTokens(decodes);
                double took = tokens == 0 ? 1 : 1 + withPrompt + promptToken * tokens;
                budget.took(decodes, tokens, (long) (took * decodeNanos));
                sum += took;
            }
            return sum / steps;
        }
    }
}
