package dev.mneme.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.app.Console;
import dev.mneme.models.ModelCatalog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * The real models find again, far past a window that is made short, what a local window alone has lost. Small budgets, so
 * that a plan holds a tenth of the text; the long runs are in docs/long-memory.md.
 */
class RecallPastTheWindowTest {
    private static final String RETRIEVING = "topK=16 candidates=64";
    private static final String LOCAL = "topK=0 candidates=0";

    @Test
    void gemma() throws IOException {
        remembers("gemma3:270m", "gemma-3-270m-q4_k_m.gguf", 1.5);
    }

    @Test
    void smollm2() throws IOException {
        remembers("smollm2:135m", "SmolLM2-135M-Instruct.Q4_1.gguf", 4.2);
    }

    private static void remembers(String model, String file, double nats) throws IOException {
        JsonNode cells = eval(model, file);
        assertThat(cells).hasSize(4);
        cells.forEach(cell -> {
            boolean retrieving = cell.get("policy").asText().equals(RETRIEVING);
            assertThat(cell.get("mean").asDouble()).as("%s", cell).isBetween(retrieving ? 0 : 5.5, retrieving ? nats : 12);
            cell.get("trials").forEach(trial -> assertThat(trial.get("recallRank").asInt() > 0).as("%s", trial).isEqualTo(retrieving));
        });
    }

    private static JsonNode eval(String model, String file) throws IOException {
        try {
            ModelCatalog.create().pull(model, progress -> {});
        } catch (RuntimeException cannot) {
            Assumptions.abort(file + " cannot be had: " + cannot.getMessage());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8), false);
        CommandLine line = new CommandLine(new EvalCommand(console));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            throw failure;
        });
        assertThat(line.execute("--model", model, "--model-window", "4K", "--lengths", "16K", "--tasks", "far-copy",
                "--repeats", "3", "--texts", "together", "--policy", RETRIEVING, "--policy", LOCAL, "--json")).isZero();
        return new ObjectMapper().readTree(out.toString(UTF_8)).get("cells");
    }
}
