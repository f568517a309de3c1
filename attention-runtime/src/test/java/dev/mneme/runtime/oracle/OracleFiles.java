package dev.mneme.runtime.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the reference data. Names are relative to {@code resources/oracle}, without {@code .json}. */
@SuppressWarnings("ArrayRecordComponent") // read-only numbers, never compared as records
public final class OracleFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OracleFiles() {}

    /** Where the reference data lies. */
    public static Path directory() {
        return Path.of(System.getProperty("mneme.rootDir", ".."), "attention-runtime/src/test/resources/oracle");
    }

    /** A tiny random model. */
    public static Path tinyModel(String name) {
        return directory().resolve("tiny/" + name + ".gguf");
    }

    /** A file as it is. */
    public static JsonNode json(String name) {
        try {
            return JSON.readTree(directory().resolve(name + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Logits after the last of {@code ids}.
     *
     * @param topIds    the ids with the highest logits, descending, with {@code topLogits}
     * @param stride    distance of the ids whose logits {@code strided} lists, from id 0
     * @param logSumExp of all logits, in nats
     */
    public record LogitsCase(
            String name, int[] ids, int[] topIds, double[] topLogits, int stride, double[] strided, double logSumExp) {
        @Override
        public String toString() {
            return name + " (" + ids.length + " tokens)";
        }
    }

    /** {@code nll[i]} = −log p(ids[i+1] given ids[0…i]) in nats, where the file has it. */
    public record NllCase(String name, int[] ids, double[] nll, double mean) {}

    /** 48 greedy steps after a prompt; {@code gap} is the highest less the second-highest logit of a step. */
    public record GreedyCase(String name, int[] promptIds, int[] ids, int[] second, double[] gap) {}

    /** A long prompt: logits after its last token, and the mean NLL of each bucket of 512 predictions. */
    public record LongCase(LogitsCase logits, double meanNll, int[] bucketFrom, int[] bucketCount, double[] bucketMean) {}

    /** {@code PREFIX-logits-f64} and the tiny models' files. */
    public static List<LogitsCase> logits(String file) {
        JsonNode root = json(file);
        List<LogitsCase> cases = new ArrayList<>();
        for (JsonNode prompt : root.get("prompts")) {
            cases.add(logitsCase(prompt, root.get("stride").asInt()));
        }
        return cases;
    }

    /** {@code PREFIX-nll-f64}. */
    public static List<NllCase> nll(String file) {
        List<NllCase> cases = new ArrayList<>();
        for (JsonNode text : json(file).get("texts")) {
            cases.add(nllCase(text));
        }
        return cases;
    }

    /** The prompts with an {@code nll} in a tiny model's file. */
    public static List<NllCase> tinyNll(String file) {
        List<NllCase> cases = new ArrayList<>();
        for (JsonNode prompt : json(file).get("prompts")) {
            if (prompt.has("nll")) {
                cases.add(nllCase(prompt));
            }
        }
        return cases;
    }

    /** {@code PREFIX-greedy-f32w}. */
    public static List<GreedyCase> greedy(String file) {
        List<GreedyCase> cases = new ArrayList<>();
        for (JsonNode prompt : json(file).get("prompts")) {
            cases.add(new GreedyCase(
                    prompt.get("name").asText(),
                    ints(prompt.get("prompt_ids")),
                    ints(prompt.get("ids")),
                    ints(prompt.get("second")),
                    doubles(prompt.get("gap"))));
        }
        return cases;
    }

    /** {@code PREFIX-long-f32w}. */
    public static LongCase longPrompt(String file) {
        JsonNode root = json(file);
        JsonNode prompt = root.get("prompts").get(0);
        JsonNode buckets = prompt.get("nll_buckets");
        int[] from = new int[buckets.size()];
        int[] count = new int[buckets.size()];
        double[] mean = new double[buckets.size()];
        for (int i = 0; i < mean.length; i++) {
            from[i] = buckets.get(i).get("from").asInt();
            count[i] = buckets.get(i).get("count").asInt();
            mean[i] = buckets.get(i).get("mean_nll").asDouble();
        }
        LogitsCase logits = logitsCase(prompt, root.get("stride").asInt());
        return new LongCase(logits, prompt.get("mean_nll").asDouble(), from, count, mean);
    }

    private static LogitsCase logitsCase(JsonNode prompt, int stride) {
        JsonNode top = prompt.get("top");
        int[] topIds = new int[top.size()];
        double[] topLogits = new double[top.size()];
        for (int i = 0; i < topIds.length; i++) {
            topIds[i] = top.get(i).get(0).asInt();
            topLogits[i] = top.get(i).get(1).asDouble();
        }
        return new LogitsCase(
                prompt.get("name").asText(),
                ints(prompt.get("ids")),
                topIds,
                topLogits,
                stride,
                doubles(prompt.get("strided")),
                prompt.get("lse").asDouble());
    }

    private static NllCase nllCase(JsonNode text) {
        return new NllCase(
                text.get("name").asText(),
                ints(text.get("ids")),
                doubles(text.get("nll")),
                text.get("mean_nll").asDouble());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).doubleValue();
        }
        return values;
    }
}
