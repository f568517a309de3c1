package dev.mneme.benchmarks;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;

/**
 * One of the ways to remember that are compared.
 *
 * @param name   how it is called in the results
 * @param model  the model
 * @param pass   computes with it
 * @param policy how it remembers
 */
record Arm(String name, LanguageModel model, ForwardPass pass, MemoryPolicy policy) {
    /** Blocks that it keeps between runs, for a KV head. */
    int keptBlocks() {
        return policy instanceof MemoryPolicy.Sparse sparse ? sparse.keptBlocks() : 0;
    }

    /** Whether it can read a text of this many tokens. */
    boolean reaches(int tokens) {
        return policy instanceof MemoryPolicy.Sparse || tokens <= model.spec().contextLength();
    }
}
