package dev.mneme.app;

import dev.mneme.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a session remembers. What is not said is the model's default, or, where a session exists, as it is. */
final class MemoryChoice {
    /** What happens past the model's window. */
    enum Manner {
        DENSE,
        SPARSE,
        AUTO
    }

    @Option(names = "--policy", paramLabel = "NAME",
            description = {
                "What happens past the model's window: ${COMPLETION-CANDIDATES}. Sparse goes on and attends to what suits"
                        + " best, dense ends the session there. Auto picks by length and free memory, the format of keys and values too unless it is given, and says what. Inside the window all are the same. Default: sparse."
            })
    private @Nullable Manner manner;

    @Option(names = "--sinks", paramLabel = "N",
            description = "Sparse: tokens at the very beginning that are always attended, a multiple of 64. Default: 64.")
    private @Nullable Integer sinks;

    @Option(names = "--window", paramLabel = "N",
            description = "Sparse: the last tokens that are always attended, a multiple of 64. Default: 1024.")
    private @Nullable Integer window;

    @Option(names = "--memory-top-k", paramLabel = "N",
            description = {
                "Sparse: blocks of 64 tokens that are fetched from further back, in each layer and head. More is slower and"
                        + " not always better. Default: 16 (64 for Gemma 3)."
            })
    private @Nullable Integer topK;

    @Option(names = "--candidates", paramLabel = "N",
            description = {
                "Sparse: blocks that are compared token by token before the best are fetched; 0 goes by their summaries"
                        + " alone. Default: 1024 (0 for Gemma 3)."
            })
    private @Nullable Integer candidates;

    @Option(names = "--refresh", paramLabel = "N",
            description = "Sparse: choose anew every so many tokens, a power of 2 up to 64. Default: 2 (8 for Gemma 3).")
    private @Nullable Integer refresh;

    @Option(names = "--survey", paramLabel = "N",
            description = {
                "Sparse: compare all candidates every so many tokens, a multiple of --refresh up to 64, and choose from a shortlist"
                        + " in between. Default: 16 (Gemma 3 compares none)."
            })
    private @Nullable Integer survey;

    /** Lets another command name the option as it likes. */
    void topK(int blocks) {
        topK = blocks;
    }

    /** Whether anything was said. */
    boolean isAsked() {
        return manner != null || hasNumbers();
    }

    private boolean hasNumbers() {
        return Stream.of(
                        Optional.ofNullable(sinks),
                        Optional.ofNullable(window),
                        Optional.ofNullable(topK),
                        Optional.ofNullable(candidates),
                        Optional.ofNullable(refresh),
                        Optional.ofNullable(survey))
                .anyMatch(Optional::isPresent);
    }

    /**
     * What was asked for.
     *
     * @param before what holds where nothing was said
     * @param kv the format asked for
     */
    MemoryPolicy over(MemoryPolicy before, Optional<KvFormat> kv) {
        if (hasNumbers() && (manner == Manner.DENSE || manner == Manner.AUTO)) {
            throw new UsageFailure("--sinks, --window, --memory-top-k, --candidates, --refresh and --survey are for --policy sparse.");
        }
        MemoryPolicy policy = isAsked() ? asked() : withoutNumbers(before);
        return kv.map(policy::kv).orElse(policy);
    }

    private MemoryPolicy asked() {
        return switch (manner) {
            case DENSE -> MemoryPolicy.dense();
            case AUTO -> MemoryPolicy.auto();
            case SPARSE -> sparse();
            case null -> sparse();
        };
    }

    private static MemoryPolicy withoutNumbers(MemoryPolicy before) {
        return switch (before) {
            case MemoryPolicy.Dense dense -> MemoryPolicy.dense();
            case MemoryPolicy.Auto auto -> MemoryPolicy.auto();
            case MemoryPolicy.Sparse sparse -> MemoryPolicy.sparse();
        };
    }

    private MemoryPolicy sparse() {
        return new MemoryPolicy.Sparse(
                Optional.ofNullable(sinks),
                Optional.ofNullable(window),
                Optional.ofNullable(topK),
                Optional.ofNullable(candidates),
                Optional.ofNullable(refresh),
                Optional.ofNullable(survey),
                Optional.empty());
    }

    /** Whether a session remembers as was asked for. */
    boolean isMetBy(MemoryPolicy has, Optional<KvFormat> kv) {
        MemoryPolicy asked = over(has, kv);
        return met(asked.format(), has.format())
                && switch (asked) {
                    case MemoryPolicy.Dense dense -> has instanceof MemoryPolicy.Dense;
                    case MemoryPolicy.Auto auto -> has instanceof MemoryPolicy.Auto;
                    case MemoryPolicy.Sparse sparse -> has instanceof MemoryPolicy.Sparse other
                            && met(sparse.sinks(), other.sinks())
                            && met(sparse.window(), other.window())
                            && met(sparse.topK(), other.topK())
                            && met(sparse.candidates(), other.candidates())
                            && met(sparse.refresh(), other.refresh())
                            && met(sparse.survey(), other.survey());
                };
    }

    private static <T> boolean met(Optional<T> asked, Optional<T> has) {
        return asked.isEmpty() || asked.equals(has);
    }
}
