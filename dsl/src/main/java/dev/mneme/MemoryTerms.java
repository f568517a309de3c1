package dev.mneme;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.session.MemoryWishes;
import dev.mneme.actors.session.MemoryWishes.Manner;
import dev.mneme.runtime.kv.KvFormat;
import java.util.Optional;

/** Memory policies as callers say them and as sessions keep them. */
final class MemoryTerms {
    private MemoryTerms() {}

    static MemoryWishes wishes(MemoryPolicy policy) {
        return switch (policy) {
            case MemoryPolicy.Dense dense -> plain(Manner.DENSE, dense.format());
            case MemoryPolicy.Auto auto -> plain(Manner.PICKED, auto.format());
            case MemoryPolicy.Sparse sparse -> new MemoryWishes(
                    Optional.of(Manner.SPARSE),
                    sparse.sinks(),
                    sparse.window(),
                    sparse.topK(),
                    sparse.candidates(),
                    sparse.refresh(),
                    sparse.survey(),
                    sparse.format());
        };
    }

    private static MemoryWishes plain(Manner manner, Optional<KvFormat> format) {
        return new MemoryWishes(
                Optional.of(manner),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                format);
    }

    /** The policy in force, with nothing left open. */
    static MemoryPolicy inForce(MemoryTimeline timeline) {
        MemoryPolicy policy =
                switch (timeline.latestPolicy()) {
                    case dev.mneme.runtime.attention.MemoryPolicy.Dense dense -> MemoryPolicy.dense();
                    case dev.mneme.runtime.attention.MemoryPolicy.Sparse sparse -> MemoryPolicy.sparse()
                            .sinks(sparse.sinks())
                            .window(sparse.window())
                            .topK(sparse.topK())
                            .candidates(sparse.candidates())
                            .refresh(sparse.refresh())
                            .survey(sparse.survey());
                };
        KvFormat format = timeline.latestFormat();
        return timeline.picksItself()
                ? new MemoryPolicy.Auto(
                        Optional.of(policy.kv(format)),
                        timeline.picksFormat() ? Optional.empty() : Optional.of(format))
                : policy.kv(format);
    }
}
