package dev.mneme.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.app.Console;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code mneme eval} asks what it says, past the window too; tiny models remember nothing, but the numbers must repeat. */
class EvalCommandTest {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("mneme.rootDir"), "set by the build"));
    private static final String SPARSE = "sinks=64 window=128 topK=2 candidates=4";
    private static final String WINDOW = "sinks=64 window=128 topK=0 candidates=0";

    @TempDir
    private Path directory;

    @Test
    void everyTaskLengthDepthAndWayIsThereAndTheNumbersRepeat() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "The sea was grey, and the wind rose. ".repeat(400));
        List<String> arguments = List.of("--model", tiny("gemma3"), "--model-window", "448", "--lengths", "2500,3K",
                "--tasks", "far-copy,passkey,number,variables,frequent-words,text", "--text", text.toString(),
                "--repeats", "2", "--depths", "0.2,0.7", "--policy", SPARSE, "--policy", WINDOW, "--policy", "dense", "--json");
        String first = eval(arguments);
        JsonNode cells = new ObjectMapper().readTree(first).get("cells");
        // Two lengths and two ways (dense does not reach): four tasks at two depths, two without a depth.
        assertThat(cells).hasSize(2 * 2 * (4 * 2 + 2));
        cells.forEach(cell -> {
            assertThat(cell.get("mean").asDouble()).isBetween(0.0, 12.0);
            assertThat(cell.get("trials")).hasSize(cell.get("task").asText().equals("text") ? 1 : 2);
            // Without retrieval nothing hidden so far back can be attended.
            if (cell.get("policy").asText().equals(WINDOW) && !cell.get("depth").isNull()) {
                cell.get("trials").forEach(trial -> assertThat(trial.get("recallRank").asInt()).isZero());
            }
        });
        assertThat(numbers(eval(arguments))).isEqualTo(numbers(first));
    }

    @Test
    void oneTextForAllAsksTheSameAtOneReading() throws IOException {
        JsonNode report = new ObjectMapper().readTree(eval(List.of("--model", tiny("llama"), "--model-window", "512", "--lengths", "3K",
                "--tasks", "far-copy,passkey", "--repeats", "2", "--policy", SPARSE, "--texts", "together", "--json")));
        assertThat(report.get("seeds")).hasSize(2);
        assertThat(report.get("cells")).hasSize(2 + 1).anySatisfy(cell -> {
            assertThat(cell.get("task").asText()).isEqualTo("passkey");
            assertThat(cell.get("trials")).hasSize(1);
            assertThat(cell.get("trials").get(0).get("recallShare").asDouble()).isBetween(0.0, 1.0);
        });
    }

    @Test
    void resultsAreWrittenWithAMapOfColours() throws IOException {
        Path out = directory.resolve("out");
        String table = eval(List.of("--model", tiny("llama"), "--lengths", "1K", "--repeats", "1", "--policy", "dense",
                "--tasks", "far-copy", "--seed", "17", "--filler-sentences", "4", "--out", out.toString()));
        assertThat(table).contains("seeds [17]", "the same 4 sentences over and over").containsPattern("far-copy +1024 +0\\.10 +dense");
        JsonNode results = new ObjectMapper().readTree(out.resolve("results.json").toFile());
        assertThat(results.get("cells")).hasSize(2);
        assertThat(results.get("fillerSentences").asInt()).isEqualTo(4);
        BufferedImage map = ImageIO.read(out.resolve("far-copy-dense.png").toFile());
        assertThat(map.getWidth()).isGreaterThan(100);
        assertThat(map.getHeight()).isGreaterThan(map.getWidth());
    }

    @Test
    void itTellsByLayerHowMuchOfAllAttentionThePlansCapture() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--model", tiny("gemma3"), "--model-window", "448", "--lengths", "400,1K",
                "--tasks", "passkey", "--repeats", "2", "--depths", "0.5", "--policy", SPARSE, "--policy", WINDOW));
        assertThat(eval(arguments)).doesNotContain("captured");
        arguments.add("--mass");
        assertThat(eval(arguments)).containsPattern("passkey, 1024 tokens, depth 0\\.50, " + SPARSE + "\\R +\\d+: 0\\.\\d{3}\\R");
        arguments.add("--json");
        JsonNode cells = new ObjectMapper().readTree(eval(arguments)).get("cells");
        assertThat(cells).hasSize(2 * 2);
        cells.forEach(cell -> cell.get("trials").forEach(trial -> {
            assertThat(trial.get("captured")).as("the one global layer").hasSize(1);
            trial.get("captured").forEach(share -> {
                if (cell.get("length").asInt() < 448) {
                    assertThat(share.asDouble()).as("inside the window").isEqualTo(1);
                } else {
                    assertThat(share.asDouble()).isBetween(0.1, 0.9);
                }
            });
        }));
        assertThat(captured(cells.get(3))).as("with what is retrieved").isGreaterThan(captured(cells.get(2)));
    }

    private static double captured(JsonNode cell) {
        return cell.get("captured").elements().next().asDouble();
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        assertThat(refused("--tasks", "juggling")).contains("juggling");
        assertThat(refused("--tasks", "text")).contains("--text FILE");
        assertThat(refused("--lengths", "a mile")).contains("a mile");
        assertThat(refused("--policy", "topK=many")).contains("topK=many");
        assertThat(refused("--depths", "2")).contains("--depths");
    }

    private static String refused(String... arguments) {
        CommandLine line = new CommandLine(new EvalCommand(console(new ByteArrayOutputStream())));
        String[] message = new String[1];
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            message[0] = failure.getMessage();
            return 2;
        });
        List<String> all = new ArrayList<>(List.of("--model", tiny("llama")));
        all.addAll(List.of(arguments));
        assertThat(line.execute(all.toArray(String[]::new))).isEqualTo(2);
        return Objects.requireNonNull(message[0], "a message");
    }

    /** All but the times. */
    private static String numbers(String report) {
        return report.replaceAll("\"seconds\":[0-9.E-]+", "");
    }

    private static String eval(List<String> arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CommandLine line = new CommandLine(new EvalCommand(console(out)));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            throw failure;
        });
        assertThat(line.execute(arguments.toArray(String[]::new))).as(out.toString(UTF_8)).isZero();
        return out.toString(UTF_8);
    }

    private static Console console(ByteArrayOutputStream out) {
        return new Console(new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8), false);
    }

    private static String tiny(String name) {
        return ROOT.resolve("attention-runtime/src/test/resources/oracle/tiny/" + name + ".gguf").toString();
    }
}
