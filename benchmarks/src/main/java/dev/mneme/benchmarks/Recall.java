package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Course.Span;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.AttentionMass;
import dev.mneme.runtime.model.AttentionMass.BlockShare;
import java.util.List;
import java.util.function.Predicate;

/**
 * How much the model looked at what was hidden when it answered.
 *
 * @param rank  place of the first block with something of it among all blocks that were attended, the best being 1; 0 if
 *              none was attended
 * @param share what its blocks received of the attention of global layers, from 0 to 1
 */
record Recall(int rank, double share) {
    static Recall of(AttentionMass mass, List<Span> hidden) {
        List<BlockShare> best = mass.best();
        Predicate<BlockShare> holdsSome = block -> hidden.stream()
                .anyMatch(span -> span.from() / KvLayout.BLOCK <= block.block() && block.block() <= (span.to() - 1) / KvLayout.BLOCK);
        List<BlockShare> found = best.stream().filter(holdsSome).toList();
        int rank = found.isEmpty() ? 0 : best.indexOf(found.getFirst()) + 1;
        return new Recall(rank, found.stream().mapToDouble(BlockShare::share).sum());
    }
}
