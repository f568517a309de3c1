package dev.mneme.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;

class SamplerTest {
    private static final int DRAWS = 40;

    @Property(tries = 200)
    void atTemperatureZeroTheHighestLogitWinsAndTiesGoToTheLowestId(@ForAll("logits") float[] logits, @ForAll int position) {
        int expected = byLikelihood(logits).getFirst();
        assertThat(sample(SamplerOptions.greedy(), logits, position)).isEqualTo(expected);
    }

    @Property(tries = 200)
    void theChoiceIsAFunctionOfLogitsOptionsAndPosition(
            @ForAll("logits") float[] logits, @ForAll("options") SamplerOptions options, @ForAll int position) {
        float[] before = logits.clone();
        int first = sample(options, logits, position);
        assertThat(sample(options, logits, position)).isEqualTo(first);
        Sampler used = Sampler.of(options);
        for (int other = 0; other < 5; other++) {
            used.sample(logits, window(used), other);
        }
        assertThat(used.sample(logits, window(used), position)).isEqualTo(first);
        assertThat(logits).containsExactly(before);
    }

    @Property(tries = 200)
    void onlyTokensThatEveryFilterKeepsAreDrawn(
            @ForAll("logits") float[] logits, @ForAll("options") SamplerOptions options, @ForAll int firstPosition) {
        Set<Integer> allowed = allowed(logits, options, 1e-5);
        Sampler sampler = Sampler.of(options);
        for (int i = 0; i < DRAWS; i++) {
            assertThat(sampler.sample(logits, window(sampler), firstPosition + i)).isIn(allowed);
        }
    }

    @Property(tries = 60)
    void drawsFollowTheProbabilitiesThatTheFiltersLeave(
            @ForAll("fewLogits") float[] logits, @ForAll("options") SamplerOptions options) {
        Set<Integer> kept = allowed(logits, options, 1e-5);
        Assume.that(kept.equals(allowed(logits, options, -1e-5)));
        float temperature = options.temperature();
        double total = kept.stream().mapToDouble(id -> Math.exp(logits[id] / temperature)).sum();
        int[] counts = new int[logits.length];
        Sampler sampler = Sampler.of(options);
        int draws = 8_000;
        for (int position = 0; position < draws; position++) {
            counts[sampler.sample(logits, window(sampler), position)]++;
        }
        for (int id = 0; id < logits.length; id++) {
            double p = kept.contains(id) ? Math.exp(logits[id] / temperature) / total : 0;
            assertThat((double) counts[id] / draws).as("token %d", id).isCloseTo(p, within(p == 0 ? 0 : mostlyWithin(p, draws)));
        }
    }

    /**
     * How far a share may be from its probability: Bernstein's inequality, at one false alarm in 10 million. A multiple of
     * the standard deviation alone is too little where a token is so unlikely that drawing it once is too often.
     */
    private static double mostlyWithin(double p, int draws) {
        double third = Math.log(2e7) / (3 * draws);
        return third + Math.sqrt(third * third + 6 * p * (1 - p) * third);
    }

    @Property(tries = 100)
    void aRepetitionPenaltyChangesExactlyTheRecentTokens(@ForAll("logits") float[] logits, @ForAll("ids") List<Integer> recent,
            @ForAll @FloatRange(min = 1.1f, max = 3) float penalty, @ForAll @IntRange(min = 1, max = 8) int windowSize) {
        var options = new SamplerOptions(0, 0, 1, 0, penalty, windowSize, 0);
        Sampler sampler = Sampler.of(options);
        TokenWindow window = sampler.newWindow();
        int[] ids = recent.stream().mapToInt(i -> Math.floorMod(i, logits.length)).toArray();
        window.addAll(ids);
        float[] penalized = logits.clone();
        Arrays.stream(ids).skip(Math.max(0, ids.length - windowSize)).distinct().forEach(id ->
                penalized[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
        float[] before = logits.clone();
        assertThat(sampler.sample(logits, window, 0)).isEqualTo(byLikelihood(penalized).getFirst());
        assertThat(logits).containsExactly(before);
    }

    @Example
    void neighbouringSeedsAndPositionsGiveUnrelatedDraws() {
        double sum = 0;
        double product = 0;
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double a = Draw.at(7, i);
            sum += a;
            product += (a - 0.5) * (Draw.at(8, i) - 0.5) + (a - 0.5) * (Draw.at(7, i + 1) - 0.5);
        }
        assertThat(sum / n).isCloseTo(0.5, within(0.012));
        assertThat(product / n).isCloseTo(0, within(0.006));
    }

    @Example
    void logitsThatAreNoNumbersAreRefused() {
        float[] nan = {1, Float.NaN, 2};
        float[] none = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[] infinite = {1, Float.POSITIVE_INFINITY};
        for (float[] logits : List.of(nan, none, infinite)) {
            assertThatThrownBy(() -> sample(SamplerOptions.defaults(1), logits, 12))
                    .isInstanceOf(LogitsException.class).hasMessageContaining("position 12");
        }
    }

    @Example
    void tokensRuledOutByAnInfiniteLogitAreNeverDrawn() {
        float[] logits = {Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY, 0.5f};
        for (var options : List.of(new SamplerOptions(5, 0, 1, 0, 1, 0, 3), new SamplerOptions(5, 3, 1, 0, 1, 0, 3),
                new SamplerOptions(5, 0, 0.99999f, 0, 1, 0, 3), new SamplerOptions(5, 0, 1, 0.001f, 1, 0, 3))) {
            for (int position = 0; position < 300; position++) {
                assertThat(sample(options, logits, position)).isIn(1, 3);
            }
        }
    }

    @Example
    void aLargeVocabularyIsSampledAsTheFiltersSay() {
        var random = new Random(5);
        float[] logits = new float[32_768];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) random.nextGaussian() * 3;
        }
        for (var options : List.of(SamplerOptions.defaults(2), new SamplerOptions(1, 0, 0.9f, 0, 1, 0, 2))) {
            Set<Integer> allowed = allowed(logits, options, 1e-3);
            Sampler sampler = Sampler.of(options);
            for (int position = 0; position < 20; position++) {
                assertThat(sampler.sample(logits, window(sampler), position)).isIn(allowed);
            }
        }
    }

    @Property(tries = 100)
    void optionsOutOfRangeAreRefusedByName(@ForAll @FloatRange(min = 0.01f, max = 1000) float excess) {
        refused("temperature", -excess, 0, 1, 0, 1, 0);
        refused("topK", 1, -1, 1, 0, 1, 0);
        refused("topP", 1, 0, 1 + excess, 0, 1, 0);
        refused("topP", 1, 0, 0, 0, 1, 0);
        refused("minP", 1, 0, 1, -excess, 1, 0);
        refused("minP", 1, 0, 1, 1 + excess, 1, 0);
        refused("repetitionPenalty", 1, 0, 1, 0, -excess, 0);
        refused("repetitionWindow", 1, 0, 1, 0, 1, -1);
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            refused("temperature", value, 0, 1, 0, 1, 0);
            refused("topP", 1, 0, value, 0, 1, 0);
            refused("minP", 1, 0, 1, value, 1, 0);
            refused("repetitionPenalty", 1, 0, 1, 0, value, 0);
        }
    }

    private static void refused(String option, float temperature, int topK, float topP, float minP, float penalty, int window) {
        assertThatThrownBy(() -> new SamplerOptions(temperature, topK, topP, minP, penalty, window, 0))
                .isInstanceOfSatisfying(InvalidOptionException.class, e -> assertThat(e.option()).isEqualTo(option))
                .hasMessageContaining(option);
    }

    private static int sample(SamplerOptions options, float[] logits, int position) {
        Sampler sampler = Sampler.of(options);
        return sampler.sample(logits, window(sampler), position);
    }

    private static TokenWindow window(Sampler sampler) {
        return sampler.newWindow();
    }

    private static List<Integer> byLikelihood(float[] logits) {
        return IntStream.range(0, logits.length).boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -logits[id] + 0.0).thenComparing(id -> id)).toList();
    }

    /** The filters as defined, sorting everything; what lies within the tolerance of a limit is allowed too. */
    private static Set<Integer> allowed(float[] logits, SamplerOptions options, double tolerance) {
        List<Integer> kept = byLikelihood(logits);
        if (options.topK() > 0) {
            kept = kept.subList(0, Math.min(options.topK(), kept.size()));
        }
        double highest = logits[kept.getFirst()];
        double total = kept.stream().mapToDouble(id -> Math.exp(logits[id] - highest)).sum();
        List<Integer> result = new ArrayList<>();
        double reached = 0;
        for (int id : kept) {
            double p = Math.exp(logits[id] - highest);
            boolean likelyEnough = p >= options.minP() - tolerance;
            if (result.isEmpty() || (likelyEnough && reached / total < options.topP() + tolerance)) {
                result.add(id);
            }
            reached += p;
        }
        return new HashSet<>(result);
    }

    @Provide
    Arbitrary<float[]> logits() {
        // Rounded, so that equal logits occur.
        Arbitrary<Float> logit = Arbitraries.floats().between(-20, 20).map(x -> Math.round(x * 8) / 8f);
        return logit.array(float[].class).ofMinSize(1).ofMaxSize(300);
    }

    @Provide
    Arbitrary<float[]> fewLogits() {
        return Arbitraries.floats().between(-3, 3).array(float[].class).ofMinSize(2).ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<Integer>> ids() {
        return Arbitraries.integers().between(0, 300).list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<SamplerOptions> options() {
        return Combinators.combine(
                Arbitraries.floats().between(0.1f, 4),
                Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(1, 60)),
                Arbitraries.oneOf(Arbitraries.just(1f), Arbitraries.floats().between(0.1f, 1)),
                Arbitraries.oneOf(Arbitraries.just(0f), Arbitraries.floats().between(0, 1)),
                Arbitraries.longs()).as((t, k, p, m, seed) -> new SamplerOptions(t, k, p, m, 1, 0, seed));
    }
}
