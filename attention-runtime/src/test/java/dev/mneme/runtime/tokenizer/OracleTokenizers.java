package dev.mneme.runtime.tokenizer;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.oracle.TestModels;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tokenizers of the real models, opened once. */
public final class OracleTokenizers {
    private static final Map<Path, Tokenizer> OPENED = new ConcurrentHashMap<>();

    private OracleTokenizers() {}

    /** By the prefix of the reference data; aborts the test if the model cannot be had. */
    public static Tokenizer named(String prefix) {
        return open(TestModels.named(prefix));
    }

    static Tokenizer open(Path path) {
        return OPENED.computeIfAbsent(path, p -> {
            try (GgufFile file = GgufFile.open(p)) {
                return Tokenizer.from(file);
            }
        });
    }
}
