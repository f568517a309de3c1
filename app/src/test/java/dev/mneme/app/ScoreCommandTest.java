package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code score} tells what the reference data says, on any backend and in any chunks. */
class ScoreCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void scoresAreThoseOfTheReferenceData() throws IOException {
        JsonNode prompt = longestPrompt();
        JsonNode scored = score("{\"ids\":" + prompt.get("ids") + ",\"top\":3}", "--kv", "f32");

        assertThat(scored.get("logsumexp").asDouble()).isCloseTo(prompt.get("lse").asDouble(), within(2e-3));
        for (int i = 0; i < 3; i++) {
            assertThat(scored.get("top").get(i).get(0)).isEqualTo(prompt.get("top").get(i).get(0));
            assertThat(scored.get("top").get(i).get(1).asDouble())
                    .isCloseTo(prompt.get("top").get(i).get(1).asDouble(), within(2e-3));
        }
        assertThat(scored.get("nll")).hasSize(prompt.get("nll").size());
        for (int i = 0; i < prompt.get("nll").size(); i++) {
            assertThat(scored.get("nll").get(i).asDouble()).isCloseTo(prompt.get("nll").get(i).asDouble(), within(1e-3));
        }
    }

    @Test
    void backendThreadsAndChunksChangeNoBit() throws IOException {
        String question = "{\"ids\":" + longestPrompt().get("ids") + ",\"top\":1}";
        JsonNode whole = score(question, "--threads", "2");
        assertThat(score(question, "--threads", "1", "--chunk", "7")).isEqualTo(whole);
        assertThat(score(question, "--backend", "scalar", "--chunk", "64")).isEqualTo(whole);
    }

    @Test
    void impossibleQuestionsAreRefusedWithTheirLine() {
        fails("{\"ids\":[]}", "between 1 and");
        fails("{\"ids\":[512]}", "token id 512");
        fails("{\"ids\":[-1]}", "token id -1");
        fails("{\"ids\":[1],\"top\":-1}", "top -1");
        fails("{\"ids\":[1.5]}", "whole number");
        fails("{\"idz\":[1]}", "idz");
        fails("[1]", "an object is expected");
        fails("{\"ids\":[1", "Line 1");
    }

    private static void fails(String question, String message) {
        Outcome outcome = Outcome.of(question, "score", Outcome.tiny("llama"));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("Line 1").contains(message);
        assertThat(outcome.err().lines()).hasSize(1);
    }

    private static JsonNode longestPrompt() throws IOException {
        return JSON.readTree(Path.of(Outcome.tiny("llama").replace(".gguf", "-f64.json")).toFile()).get("prompts").get(2);
    }

    private static JsonNode score(String question, String... options) throws IOException {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "score";
        arguments[1] = Outcome.tiny("llama");
        System.arraycopy(options, 0, arguments, 2, options.length);
        Outcome outcome = Outcome.of(question, arguments);
        assertThat(outcome.err()).isEmpty();
        return JSON.readTree(outcome.out());
    }
}
