package dev.mneme.runtime.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Opened models with a forward pass each, kept for the next test: opening is cheap, but the code of a pass is warm.
 * For tests of one thread; they end with the process.
 */
public final class Runtimes {
    private static final Map<Key, Opened> OPENED = new HashMap<>();

    private Runtimes() {}

    private record Key(Path path, RuntimeOptions options) {}

    /** A model and the one pass over it. */
    public record Opened(LanguageModel model, ForwardPass pass) {
        /** A session that has no token yet. */
        public SessionInMemory newSession(KvFormat format) {
            return newSession(format, MemoryPolicy.dense());
        }

        /** The same with a memory policy. */
        public SessionInMemory newSession(KvFormat format, MemoryPolicy policy) {
            return new SessionInMemory(model.kvLayout(format), policy);
        }
    }

    /** The model at this path, computed in this way. */
    public static Opened open(Path path, Backend backend, int threads) {
        return OPENED.computeIfAbsent(new Key(path, new RuntimeOptions(backend, threads)), key -> {
            LanguageModel model = LanguageModel.open(key.path(), key.options());
            // A test that silently ran on another backend would prove nothing.
            assertThat(model.backendName()).startsWith(backend.name().toLowerCase(Locale.ROOT));
            return new Opened(model, model.newForwardPass());
        });
    }

    /** The same on every processor. */
    public static Opened open(Path path, Backend backend) {
        return open(path, backend, Runtime.getRuntime().availableProcessors());
    }
}
