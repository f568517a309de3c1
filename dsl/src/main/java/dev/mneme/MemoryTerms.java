package dev.mneme;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.session.MemoryWishes;
import dev.mneme.actors.session.MemoryWishes.Manner;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import java.util.Optional;

/** Memory policies as callers say them and as sessions keep them. */
final class MemoryTerms {
    private MemoryTerms() {}

    static MemoryWishes wishes(MemoryPolicy policy) {
        return switch (policy) {
            case MemoryPolicy.Dense dense -> new MemoryWishes(
                    Optional.of(Manner.DENSE),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    dense.format());
            case MemoryPolicy.Sparse sparse -> new MemoryWishes(
                    Optional.of(Manner.SPARSE),
                    sparse.sinks(),
                    sparse.window(),
                    sparse.topK(),
                    sparse.candidates(),
                    sparse.refresh(),
                    sparse.format());
        };
    }

    /** The policy in force, with nothing left open. */
    static MemoryPolicy inForce(MemoryTimeline timeline) {
        return switch (timeline.latestPolicy()) {
            case dev.mneme.runtime.attention.MemoryPolicy.Dense dense ->
                MemoryPolicy.dense().kv(timeline.latestFormat());
            case Sparse sparse -> MemoryPolicy.sparse()
                    .sinks(sparse.sinks())
                    .window(sparse.window())
                    .topK(sparse.topK())
                    .candidates(sparse.candidates())
                    .refresh(sparse.refresh())
                    .kv(timeline.latestFormat());
        };
    }
}
