package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a token attends to in the reference: keys are turned to their true positions, and for each block the query is turned to
 * the position from which it is to look at that block.
 *
 * @param attended by block, the position from which it is attended
 * @param all      the same for all blocks up to the token's own, as if the token attended to all
 */
record ReferencePlan(Map<Integer, Integer> attended, Map<Integer, Integer> all) {
    /** The plan of a layer and KV head. */
    interface Plans {
        ReferencePlan of(int layer, int kvHead);
    }

    /** All blocks at true distances. */
    static ReferencePlan dense(int position) {
        Map<Integer, Integer> blocks = new TreeMap<>();
        IntStream.rangeClosed(0, position / 64).forEach(block -> blocks.put(block, position));
        return new ReferencePlan(blocks, blocks);
    }

    /** The blocks that a sparse policy attends to, side by side. */
    static ReferencePlan sparse(Sparse policy, int position, int[] retrieved) {
        int own = position / 64;
        int firstLocal = own - policy.window() / 64;
        int[] blocks = IntStream.rangeClosed(0, own)
                .filter(block -> block < policy.sinks() / 64 || block >= firstLocal || IntStream.of(retrieved).anyMatch(one -> one == block))
                .toArray();
        Map<Integer, Integer> attended = new TreeMap<>();
        for (int i = 0; i < blocks.length; i++) {
            attended.put(blocks[i], 64 * (blocks[i] + blocks.length - 1 - i) + position % 64);
        }
        Map<Integer, Integer> all = new TreeMap<>(attended);
        IntStream.range(policy.sinks() / 64, firstLocal).forEach(block -> all.put(block, 64 * block + 512));
        return new ReferencePlan(attended, all);
    }
}
