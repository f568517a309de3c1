package dev.mneme.benchmarks;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.app.JsonText;
import dev.mneme.benchmarks.Scores.Cell;
import dev.mneme.runtime.numerics.Numerics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The results and what they were got with.
 *
 * @param model       name of the model's file
 * @param sha256      of the file
 * @param window      the window that the model was taken to have
 * @param kv          how keys and values were kept
 * @param backend     who computed
 * @param threads     on how many threads
 * @param arrangement how things were spread over texts
 * @param filler      the text around what was hidden
 * @param seeds       what the trials were drawn from
 * @param arms        names and policies of what was compared
 */
record Report(
        String model, String sha256, int window, String kv, String backend, int threads, Arrangement arrangement,
        FillerText filler, List<Long> seeds, Map<String, String> arms) {

    /** What stands above the table. */
    String heading() {
        StringBuilder heading = new StringBuilder(String.format(Locale.ROOT,
                "%s (window %d), %s keys and values, %s, %d threads%ntexts: %s, %s, seeds %s%n",
                model, window, kv, backend, threads, arrangement.name().toLowerCase(Locale.ROOT), filler.description(), seeds));
        arms.forEach((name, policy) -> heading.append(name).append(": ").append(policy).append(System.lineSeparator()));
        return heading.toString();
    }

    /** All of it as one JSON object. */
    String json(Scores scores) {
        return JsonText.of(out -> write(out, scores));
    }

    /** Writes {@code results.json} and a heat map for each task and arm. */
    void write(Path directory, Scores scores) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("results.json"), json(scores) + System.lineSeparator());
        Map<String, Map<Cell, List<Score>>> maps = scores.cells().entrySet().stream()
                .filter(entry -> !Double.isNaN(entry.getKey().depth()))
                .collect(Collectors.groupingBy(entry -> entry.getKey().task() + "-" + fileName(entry.getKey().arm()),
                        Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        for (Map.Entry<String, Map<Cell, List<Score>>> map : maps.entrySet()) {
            Measure measure = map.getValue().values().iterator().next().getFirst().trial().task().measure();
            HeatMap.write(directory.resolve(map.getKey() + ".png"), measure, new TreeMap<>(map.getValue()));
        }
    }

    private static String fileName(String arm) {
        return arm.replaceAll("[^A-Za-z0-9]+", "_");
    }

    private void write(JsonGenerator out, Scores scores) throws IOException {
        out.writeStartObject();
        out.writeStringField("model", model);
        out.writeStringField("sha256", sha256);
        out.writeNumberField("window", window);
        out.writeStringField("kv", kv);
        out.writeStringField("backend", backend);
        out.writeNumberField("threads", threads);
        out.writeNumberField("numerics", Numerics.VERSION);
        out.writeStringField("texts", arrangement.name().toLowerCase(Locale.ROOT));
        out.writeNumberField("fillerSeed", filler.seed());
        if (filler.sentences() != FillerText.VARIED) {
            out.writeNumberField("fillerSentences", filler.sentences());
        }
        out.writeArrayFieldStart("seeds");
        for (long seed : seeds) {
            out.writeNumber(seed);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("policies");
        for (Map.Entry<String, String> arm : arms.entrySet()) {
            out.writeStringField(arm.getKey(), arm.getValue());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("cells");
        for (Map.Entry<Cell, List<Score>> cell : scores.cells().entrySet()) {
            write(out, cell.getKey(), cell.getValue());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Cell cell, List<Score> scores) throws IOException {
        DoubleSummaryStatistics values = Scores.values(scores);
        out.writeStartObject();
        out.writeStringField("task", cell.task());
        out.writeStringField("measure", scores.getFirst().trial().task().measure().name().toLowerCase(Locale.ROOT));
        out.writeNumberField("length", cell.length());
        writeDepth(out, cell.depth());
        out.writeStringField("policy", cell.arm());
        out.writeNumberField("mean", values.getAverage());
        out.writeNumberField("low", values.getMin());
        out.writeNumberField("high", values.getMax());
        writeCaptured(out, CapturedTable.means(scores));
        out.writeArrayFieldStart("trials");
        for (Score score : scores) {
            out.writeStartObject();
            out.writeNumberField("seed", score.trial().seed());
            out.writeNumberField("value", score.value());
            if (score.trial().question() instanceof Question.Answer answer) {
                out.writeStringField("expected", String.join(" ", answer.expected()));
                out.writeStringField("said", score.said());
            }
            if (!Double.isNaN(cell.depth())) {
                out.writeNumberField("recallRank", score.recall().rank());
                out.writeNumberField("recallShare", score.recall().share());
            }
            writeCaptured(out, score.captured());
            out.writeNumberField("seconds", score.seconds());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** By number of the layer, where somebody asked. */
    private static void writeCaptured(JsonGenerator out, Map<Integer, Double> captured) throws IOException {
        if (captured.isEmpty()) {
            return;
        }
        out.writeObjectFieldStart("captured");
        for (Map.Entry<Integer, Double> layer : captured.entrySet()) {
            out.writeNumberField(String.valueOf(layer.getKey()), layer.getValue());
        }
        out.writeEndObject();
    }

    private static void writeDepth(JsonGenerator out, double depth) throws IOException {
        if (Double.isNaN(depth)) {
            out.writeNullField("depth");
        } else {
            out.writeNumberField("depth", depth);
        }
    }
}
