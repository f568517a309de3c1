package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import java.nio.file.Path;

/** A model file opened for computing. Thread-safe; closed only when nobody computes any more. */
public final class LanguageModel implements AutoCloseable {
    private LanguageModel() {}

    /** Opens a GGUF file. */
    public static LanguageModel open(Path gguf, RuntimeOptions options) {
        throw new UnsupportedOperationException("the forward pass is being built: " + gguf + ", " + options);
    }

    /** Layout of the model's KV blocks in a format. */
    public KvLayout kvLayout(KvFormat format) {
        throw new UnsupportedOperationException("the forward pass is being built: " + format);
    }

    /** A new forward pass with its own scratch memory and compute threads. */
    public ForwardPass newForwardPass() {
        throw new UnsupportedOperationException("the forward pass is being built");
    }

    /** Name of the kernels in use, such as {@code vector-512}. */
    public String backendName() {
        throw new UnsupportedOperationException("the forward pass is being built");
    }

    @Override
    public void close() {}
}
