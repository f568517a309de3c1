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
        Outcome outcome = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "40,80", "--json");
        assertThat(outcome.err()).isEmpty();
        JsonNode report = new ObjectMapper().readTree(outcome.out());
        for (String part : List.of("prefill", "decode", "resume")) {
            assertThat(report.get(part)).as(part).hasSize(2);
        }
        assertThat(report.get("prefill").get(1).get("tokens").asInt()).isEqualTo(80);
        assertThat(report.get("decode").get(1).get("context").asInt()).isEqualTo(80);
        assertThat(report.get("decode").get(0).get("tokensPerSecond").asDouble()).isPositive();
        assertThat(report.get("resume").get(1).get("openMs").asDouble()).isPositive();
        assertThat(report.get("resume").get(1).get("ttftMs").asDouble()).isPositive();
        assertThat(report.get("machine").get("readBytesPerSecond").asDouble()).isGreaterThan(1e6);
        assertThat(report.get("machine").get("flopsPerSecond").asDouble()).isGreaterThan(1e6);
    }

    @Test
    void lengthsPastTheWindowAreRefused() {
        Outcome outcome = Outcome.of("", "bench", "--model", Outcome.tiny("llama31"), "--lengths", "1000000");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--lengths 1000000");
    }
}
