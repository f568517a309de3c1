package dev.mneme.benchmarks;

import dev.mneme.app.UsageFailure;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.MemoryDefaults;
import dev.mneme.runtime.model.ModelSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** What can be said after {@code --policy}. */
final class ArmNames {
    /** Dense attention, the true distances even past the window. */
    static final String TRUE_DISTANCES = "true-distances";
    private static final String SURVEY = "survey";
    /** More blocks than any text has. */
    private static final int ALL = 1 << 24;

    private ArmNames() {}

    /** The policy of a name, or of a text such as {@code sinks=64 window=1024 topK=16 candidates=64 refresh=4 survey=16}. */
    static MemoryPolicy policy(String text, ModelSpec spec) {
        Sparse usual = usual(spec);
        return switch (text) {
            case "dense", TRUE_DISTANCES -> MemoryPolicy.dense();
            case "default" -> usual;
            case "exact" -> new Sparse(usual.sinks(), usual.window(), usual.topK(), ALL, usual.refresh());
            case "window" -> new Sparse(usual.sinks(), usual.window(), 0, 0, usual.refresh());
            default -> changed(usual, text);
        };
    }

    /** What a session of the model has if nothing is said. */
    private static Sparse usual(ModelSpec spec) {
        return MemoryDefaults.of(spec) instanceof Sparse sparse ? sparse : new Sparse(0, KvLayout.BLOCK, 0, 0, 8);
    }

    private static Sparse changed(Sparse usual, String text) {
        Map<String, Integer> values = new LinkedHashMap<>(Map.of(
                "sinks", usual.sinks(), "window", usual.window(), "topK", usual.topK(),
                "candidates", usual.candidates(), "refresh", usual.refresh()));
        for (String part : text.strip().split("\\s+")) {
            String[] pair = part.split("=", 2);
            if (pair.length < 2 || !(values.containsKey(pair[0]) || pair[0].equals(SURVEY)) || !pair[1].matches("\\d{1,9}")) {
                throw new UsageFailure("--policy '" + text + "' is none of dense, default, window, exact, " + TRUE_DISTANCES
                        + " and names no numbers such as 'topK=32 candidates=256'.");
            }
            values.put(pair[0], Integer.parseInt(pair[1]));
        }
        int refresh = of(values, "refresh");
        int candidates = of(values, "candidates");
        return new Sparse(of(values, "sinks"), of(values, "window"), of(values, "topK"), candidates, refresh,
                values.getOrDefault(SURVEY, usual.surveyWith(candidates, refresh)));
    }

    private static int of(Map<String, Integer> values, String name) {
        return values.getOrDefault(name, 0);
    }
}
