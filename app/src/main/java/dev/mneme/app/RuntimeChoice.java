package dev.mneme.app;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the model computes. */
public final class RuntimeChoice {
    @Option(names = "--backend", paramLabel = "NAME",
            description = "Who computes: ${COMPLETION-CANDIDATES}. Default: vector. All give the same bits.")
    private Backend backend = Backend.VECTOR;

    @Option(names = "--threads", paramLabel = "N", description = "Compute threads. Default: one a processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--kv", paramLabel = "FORMAT",
            description = {
                "How keys and values are kept: ${COMPLETION-CANDIDATES}. Default: f16. i8 takes about half the bytes, k8v4 two"
                        + " fifths. A session that exists stays with its own; 'mneme memory' changes it."
            })
    private @Nullable KvFormat kv;

    /** Backend and threads. */
    public RuntimeOptions options() {
        if (threads < 1 || threads > 1024) {
            throw new UsageFailure("--threads has to be between 1 and 1024, not " + threads + ".");
        }
        return new RuntimeOptions(backend, threads);
    }

    /** What was asked for, if anything. */
    Optional<KvFormat> askedKv() {
        return Optional.ofNullable(kv);
    }

    /** What was asked for, else the default. */
    public KvFormat kv() {
        return askedKv().orElse(KvFormat.F16);
    }
}
