package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvLayout;

/**
 * The memory policy that a model does well with, as measured (docs/long-memory.md). Models with native windows in most of
 * their layers retrieve more and need no second stage; the others compare candidates by their keys, and choose anew more often. A
 * model with a small window gets the same in small.
 */
public final class MemoryDefaults {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int SINKS = 64;
    private static final int WINDOW = 1_024;
    private static final int REFRESH = 2;
    private static final int SURVEY = 16;
    private static final int RETRIEVED = 16;
    private static final int CANDIDATES_PER_RETRIEVED = 64;
    private static final int RETRIEVED_BESIDE_NATIVE_WINDOWS = 64;
    private static final int REFRESH_BESIDE_NATIVE_WINDOWS = 8;

    private MemoryDefaults() {}

    /** A model's default; dense where its window is too small for a plan of some blocks. */
    public static MemoryPolicy of(ModelSpec spec) {
        return of(spec.contextLength(), spec.layerSpecs().stream().anyMatch(layer -> layer.window() > 0));
    }

    static MemoryPolicy of(int contextLength, boolean nativeWindows) {
        // Blocks that a plan has room for beside the sinks and the query's own.
        int room = (int) (9L * contextLength / 10 / BLOCK) - SINKS / BLOCK - 1;
        int window = Math.min(WINDOW / BLOCK, room / 2);
        int topK = Math.min(nativeWindows ? RETRIEVED_BESIDE_NATIVE_WINDOWS : RETRIEVED, room - window);
        return window < 1
                ? MemoryPolicy.dense()
                : new MemoryPolicy.Sparse(
                        SINKS, window * BLOCK, topK, nativeWindows ? 0 : CANDIDATES_PER_RETRIEVED * topK,
                        nativeWindows ? REFRESH_BESIDE_NATIVE_WINDOWS : REFRESH,
                        nativeWindows ? REFRESH_BESIDE_NATIVE_WINDOWS : SURVEY);
    }
}
