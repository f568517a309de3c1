package dev.mneme.actors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** How long sessions that read from disk may keep the others waiting, and how long they wait for that. */
class ColdReadsTest {
    private static final String WARM = "warm";

    @Example
    void whoKeptNobodyWaitingIsInEachStep() {
        ColdReads<String> reads = new ColdReads<>();
        for (int step = 0; step < 10; step++) {
            assertThat(reads.admitted(List.of("a", "b"), _ -> true)).containsExactly("a", "b");
            reads.waited("a", 0);
            reads.took(5);
        }
    }

    @Example
    void whoKeptTheOthersWaitingIsLeftOutOfStepsForSoMuchLonger() {
        ColdReads<String> reads = new ColdReads<>();
        reads.waited("cold", 25);
        for (int paid = 0; paid < 25 * ColdReads.REPAID; paid += 10) {
            reads.took(10);
            boolean out = paid + 10 < 25 * ColdReads.REPAID;
            assertThat(reads.admitted(List.of("cold", WARM), _ -> true).contains("cold")).isEqualTo(!out);
        }
    }

    @Example
    void aWaitShorterThanAStepCostsNoStepByItself() {
        ColdReads<String> reads = new ColdReads<>();
        reads.took(1_000);
        reads.waited("cold", 1);
        assertThat(reads.admitted(List.of("cold", WARM), _ -> true)).contains("cold");
    }

    @Property(tries = 300)
    void whoeverCouldGoOnSomebodyDoes(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 15) Integer> ready, @ForAll @Size(60) List<Long> nanos) {
        ColdReads<Integer> reads = new ColdReads<>();
        List<Integer> active = List.of(0, 1, 2, 3);
        for (int step = 0; step < ready.size(); step++) {
            int mask = ready.get(step);
            List<Integer> admitted = reads.admitted(active, each -> (mask >> each & 1) == 1);
            assertThat(admitted.isEmpty()).isEqualTo(mask == 0);
            assertThat(admitted).allMatch(each -> (mask >> each & 1) == 1);
            long wait = nanos.get(step);
            admitted.forEach(each -> reads.waited(each, wait * each));
            reads.took(nanos.get(59 - step));
        }
    }

    @Property(tries = 300)
    void aloneNobodyIsLeftOutWhateverWasBefore(@ForAll @Size(max = 60) List<Long> nanos) {
        ColdReads<String> reads = new ColdReads<>();
        for (long each : nanos) {
            reads.waited("cold", each);
            reads.took(Math.floorMod(each, 1_000));
        }
        assertThat(reads.admitted(List.of("cold"), _ -> true)).containsExactly("cold");
        assertThat(reads.admitted(List.of("cold", WARM), WARM::equals)).containsExactly(WARM);
    }

    @Property(tries = 300)
    void theOthersTakeOnAverageNoLongerThanTheyMay(
            @ForAll @IntRange(min = 1, max = 5) int cold,
            @ForAll @LongRange(min = 100_000, max = 100_000_000) long stepNanos,
            @ForAll @DoubleRange(min = 0.01, max = 200) double waitSteps,
            @ForAll @IntRange(min = 1, max = 20) int everySteps) {
        long wait = Math.min((long) (waitSteps * stepNanos), 500_000_000);
        Company company = new Company(cold, stepNanos, wait, everySteps);
        company.run(1_000);

        // What is owed at the end may be missing: one wait each, and less than a step.
        double owed = cold * (wait + (double) stepNanos / ColdReads.REPAID);
        double most = 1 + 1.0 / ColdReads.REPAID;
        assertThat(company.waited + company.computed).isLessThanOrEqualTo(most * company.computed + owed);
    }

    @Property(tries = 300)
    void nobodyIsLeftOutForLongWhateverTheClockSays(
            @ForAll @IntRange(min = 1, max = 5) int cold,
            @ForAll @LongRange(min = 1_000_000, max = 100_000_000) long stepNanos,
            @ForAll @LongRange(min = 0) long wait) {
        Company company = new Company(cold, stepNanos, wait, 1);
        company.run(3_000);

        assertThat(company.longestOut).isLessThanOrEqualTo(cold * (ColdReads.MOST_DEBT + stepNanos));
    }

    @Example
    void ofTwoThatKeepEachOtherWaitingTheOneThatWaitsLessGoesOnMore() {
        ColdReads<String> reads = new ColdReads<>();
        int slow = 0;
        int slower = 0;
        for (int step = 0; step < 10_000; step++) {
            List<String> admitted = reads.admitted(List.of("slow", "slower"), _ -> true);
            if (admitted.contains("slow")) {
                slow++;
                reads.waited("slow", 1_000);
            }
            if (admitted.contains("slower")) {
                slower++;
                reads.waited("slower", 10_000);
            }
            reads.took(100);
        }
        assertThat(slower).isBetween(500, slow / 2);
    }

    /** One session that never waits for the disk, and some each of whose {@code everySteps}-th step does. */
    private static final class Company {
        private final ColdReads<Integer> reads = new ColdReads<>();
        private final int cold;
        private final long stepNanos;
        private final long wait;
        private final int everySteps;
        private final int[] steps;
        private final long[] out;
        private double computed;
        private double waited;
        private long longestOut;

        Company(int cold, long stepNanos, long wait, int everySteps) {
            this.cold = cold;
            this.stepNanos = stepNanos;
            this.wait = wait;
            this.everySteps = everySteps;
            this.steps = new int[cold + 1];
            this.out = new long[cold + 1];
        }

        void run(int times) {
            List<Integer> all = IntStream.rangeClosed(0, cold).boxed().toList();
            for (int step = 0; step < times; step++) {
                List<Integer> admitted = reads.admitted(all, _ -> true);
                assertThat(admitted).contains(0);
                for (int each = 1; each <= cold; each++) {
                    out[each] = admitted.contains(each) ? 0 : out[each] + stepNanos;
                    longestOut = Math.max(longestOut, out[each]);
                    if (admitted.contains(each) && steps[each]++ % everySteps == 0) {
                        reads.waited(each, wait);
                        waited += wait;
                    }
                }
                reads.took(stepNanos);
                computed += stepNanos;
            }
        }
    }
}
