package dev.mneme.app;

import dev.mneme.TurnOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a reply is generated. What is not said is the library's default, or, where a reply goes on, as it was. */
final class TurnChoice {
    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens that a reply may have. Default: 512.")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "X",
            description = "0 always takes the likeliest token, higher is more varied. Default: 0.7.")
    private @Nullable Float temperature;

    @Option(names = "--top-k", paramLabel = "N", description = "Draw from the N likeliest tokens; 0 for all. Default: 40.")
    private @Nullable Integer topK;

    @Option(names = "--top-p", paramLabel = "X",
            description = "Draw from the likeliest tokens that make up this probability; 1 for all. Default: 0.95.")
    private @Nullable Float topP;

    @Option(names = "--min-p", paramLabel = "X",
            description = "Leave out tokens less likely than this share of the likeliest; 0 for none. Default: 0.05.")
    private @Nullable Float minP;

    @Option(names = "--seed", paramLabel = "N",
            description = "Decides the draws: the same seed in the same session gives the same reply. Default: random.")
    private @Nullable Long seed;

    @Option(names = "--stop", paramLabel = "S", description = "End the reply where it says this; not shown. May be repeated.")
    private List<String> stops = new ArrayList<>();

    @Option(names = "--request-id", paramLabel = "ID",
            description = "Makes a retry safe: a request with an id that the session has seen gets that outcome again.")
    private @Nullable String requestId;

    TurnOptions options() {
        TurnOptions options = TurnOptions.defaults();
        if (maxTokens != null) {
            options = options.withMaxTokens(checked("--max-tokens", maxTokens, maxTokens >= 1, "1 or more"));
        }
        if (temperature != null) {
            boolean valid = temperature >= 0 && Float.isFinite(temperature);
            options = options.withTemperature(checked("--temperature", temperature, valid, "0 or more"));
        }
        if (topK != null) {
            options = options.withTopK(checked("--top-k", topK, topK >= 0, "0 or more"));
        }
        if (topP != null) {
            options = options.withTopP(checked("--top-p", topP, topP > 0 && topP <= 1, "above 0 and at most 1"));
        }
        if (minP != null) {
            options = options.withMinP(checked("--min-p", minP, minP >= 0 && minP <= 1, "from 0 to 1"));
        }
        if (seed != null) {
            options = options.withSeed(seed);
        }
        for (String stop : stops) {
            options = options.withStop(checked("--stop", stop, !stop.isEmpty(), "some text"));
        }
        if (requestId != null) {
            options = options.withRequestId(requestId);
        }
        return options;
    }

    private static <T> T checked(String option, T value, boolean valid, String allowed) {
        if (!valid) {
            throw new UsageFailure(option + " has to be " + allowed + ", not '" + value + "'.");
        }
        return value;
    }
}
