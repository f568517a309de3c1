package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lost blocks in the middle of a session's line, to be computed again before the turn goes on. They are computed as they
 * were: from the first of them on, with choices of their own, so that those of the session's current query group stay as
 * they are.
 *
 * @param span   what is computed
 * @param memory the memory to compute it with
 */
public record Detour(ComputeSpan span, StepMemory memory) {
    /** Detours for consecutive spans, the later of which go on with the choices of the earlier. */
    static List<Detour> of(StepMemory memory, List<ComputeSpan> spans) {
        return spans.stream().map(span -> new Detour(span, memory)).toList();
    }

    /** The same block by block: no run goes beyond its block. */
    static List<Detour> byBlock(StepMemory memory, List<ComputeSpan> spans) {
        List<ComputeSpan> blocks = new ArrayList<>();
        for (ComputeSpan span : spans) {
            for (int from = span.from(); from < span.to(); ) {
                int to = Math.min(span.to(), (from / KvLayout.BLOCK + 1) * KvLayout.BLOCK);
                int[] tokens = Arrays.copyOfRange(span.tokens(), from - span.from(), to - span.from());
                blocks.add(new ComputeSpan(from, tokens, span.kind()));
                from = to;
            }
        }
        return of(memory, blocks);
    }
}
