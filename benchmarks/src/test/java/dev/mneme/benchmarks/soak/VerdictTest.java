package dev.mneme.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What counts as growth. */
class VerdictTest {
    private static final int READINGS = 180;
    private static final long MIB = 1 << 20;

    @Test
    void aProcessThatGrowsToItsSizeInTheFirstThirdAndStaysIsSteady() {
        List<Vitals> readings = readings(at -> vitals(at < 60 ? 100 + 10 * at : 700 + at % 7, 80));

        assertThat(Verdict.of(readings, 40 * MIB, 40 * MIB, 0).isSteady()).isTrue();
    }

    @Test
    void aSlowLeakIsGrowth() {
        List<Vitals> readings = readings(at -> vitals(700 + at / 5 + at % 7, 80));

        Verdict verdict = Verdict.of(readings, 40 * MIB, 40 * MIB, 0);

        assertThat(verdict.isSteady()).isFalse();
        assertThat(verdict.text()).contains("RssAnon").contains("GREW").contains("NOT steady");
    }

    @Test
    void aPeakIsNoGrowth() {
        List<Vitals> readings = readings(at -> vitals(at > 140 && at < 150 ? 1_400 : 700, 80));

        assertThat(Verdict.of(readings, 40 * MIB, 40 * MIB, 0).isSteady()).isTrue();
    }

    @Test
    void heapFilesAndLeasesMayNotGrowEither() {
        List<Vitals> steady = readings(_ -> vitals(700, 80));

        assertThat(Verdict.of(steady, 40 * MIB, 42 * MIB, 0).isSteady()).isFalse();
        assertThat(Verdict.of(readings(at -> vitals(700, 80 + at)), 40 * MIB, 40 * MIB, 0).isSteady()).isFalse();
        assertThat(Verdict.of(steady, 40 * MIB, 40 * MIB, 1).isSteady()).isFalse();
        assertThat(Verdict.of(steady, 40 * MIB, 40 * MIB, 0).isSteady()).isTrue();
    }

    private static List<Vitals> readings(IntFunction<Vitals> at) {
        return IntStream.range(0, READINGS).mapToObj(at).toList();
    }

    private static Vitals vitals(long anonymousMebibytes, long files) {
        return new Vitals(anonymousMebibytes * MIB, 2_000 * MIB, 50 * MIB, files);
    }
}
