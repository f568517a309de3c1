package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code bench} measures what it says, in the shape that scripts expect. */
class BenchCommandTest {

    @Test
    void everyLengthIsMeasuredAndTheMachineStandsBesideIt() throws IOException {
        Outcome outcome = Outcome.of(
                "", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40,80", "--rounds", "2", "--json");
        assertThat(outcome.err()).isEmpty();
        JsonNode report = new ObjectMapper().readTree(outcome.out());
        for (String part : List.of("prefill", "decode", "resume")) {
            assertThat(report.get(part)).as(part).hasSize(2);
        }
        assertThat(report.get("rounds").asInt()).isEqualTo(2);
        assertThat(report.has("otherPrefill")).isFalse();
        assertThat(report.get("prefill").get(1).get("tokens").asInt()).isEqualTo(80);
        assertThat(report.get("decode").get(1).get("context").asInt()).isEqualTo(80);
        assertThat(report.get("decode").get(0).get("tokensPerSecond").asDouble()).isPositive();
        assertThat(report.get("resume").get(1).get("openMs").asDouble()).isPositive();
        assertThat(report.get("resume").get(1).get("ttftMs").asDouble()).isPositive();
        assertThat(report.get("machine").get("readBytesPerSecond").asDouble()).isGreaterThan(1e6);
        assertThat(report.get("machine").get("flopsPerSecond").asDouble()).isGreaterThan(1e6);
    }

    @Test
    void contextsFarPastTheWindowStandBesideItsEnd() throws IOException {
        Outcome outcome = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40", "--rounds", "1",
                "--far", "8K,64K", "--json");
        assertThat(outcome.err()).isEmpty();
        JsonNode decode = new ObjectMapper().readTree(outcome.out()).get("farDecode");
        assertThat(decode.findValuesAsText("context")).containsExactly("1984", "2112", "8192", "65536");
        decode.forEach(one -> assertThat(one.get("tokensPerSecond").asDouble()).isPositive());
    }

    @Test
    void lengthsPastTheWindowAreRefused() {
        Outcome outcome = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "1000000");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--lengths 1000000");
    }

    @Test
    void anotherProgramIsMeasuredInTurnAndSetIntoRatio() {
        Outcome outcome = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40", "--rounds", "3",
                "--against", "echo hello; echo 'n=40 threads=2 fa=1 prefill 2000000.5 tok/s (1.13s) decode 4000000 tok/s'");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("medians of 3 rounds", "2000000.5", "4000000.0", "ratio");
    }

    @Test
    void anotherProgramThatFailsOrLeavesALengthOutIsNamed() {
        Outcome silent = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40", "--rounds", "1",
                "--against", "echo n=41 prefill 1 tok/s decode 1 tok/s");
        assertThat(silent.code()).isNotZero();
        assertThat(silent.err()).contains("no speed for n=40", "n=41 prefill 1 tok/s");
        Outcome failed = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40", "--rounds", "1",
                "--against", "echo no model here; exit 3");
        assertThat(failed.code()).isNotZero();
        assertThat(failed.err()).contains("ended with code 3", "no model here");
    }

    @Test
    void mediansOfAnEvenNumberOfRoundsLieBetweenTheMiddleOnes() {
        List<List<ModelSpeed.AtLength>> rounds = List.of(
                List.of(new ModelSpeed.AtLength(8, 4, 10)), List.of(new ModelSpeed.AtLength(8, 1, 30)),
                List.of(new ModelSpeed.AtLength(8, 3, 20)), List.of(new ModelSpeed.AtLength(8, 2, 40)));
        assertThat(ModelSpeed.AtLength.medians(rounds)).containsExactly(new ModelSpeed.AtLength(8, 2.5, 25));
        assertThat(ModelSpeed.AtLength.medians(rounds.subList(0, 3))).containsExactly(new ModelSpeed.AtLength(8, 3, 20));
    }
}
