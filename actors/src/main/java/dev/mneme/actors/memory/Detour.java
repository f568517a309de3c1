package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

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
    static List<Detour> of(SessionMemory line, List<ComputeSpan> spans, long choicesBytes) {
        Arena arena = Arena.ofAuto();
        StepMemory memory = new Beside(
                line, arena.allocate(choicesBytes, Long.BYTES), arena.allocate(choicesBytes, Long.BYTES));
        return spans.stream().map(span -> new Detour(span, memory)).toList();
    }

    /** The session's memory with choices of its own. */
    private record Beside(SessionMemory line, MemorySegment choices, MemorySegment saved)
            implements StepMemory, RetrievalMemory {
        @Override
        public void beginStep() {
            saved.copyFrom(choices);
        }

        @Override
        public void undoStep() {
            choices.copyFrom(saved);
        }

        @Override
        public KvLayout layout() {
            return line.layout();
        }

        @Override
        public KvFormat format(int block) {
            return line.format(block);
        }

        @Override
        public MemorySegment sealed(int block, int group) {
            return line.sealed(block, group);
        }

        @Override
        public MemorySegment open(int block, int group) {
            return line.open(block, group);
        }

        @Override
        public MemorySegment sealing(int block, int group) {
            return line.sealing(block, group);
        }

        @Override
        public Optional<RetrievalMemory> retrieval() {
            return Optional.of(this);
        }

        @Override
        public MemorySegment sealedSummaries(int chunk) {
            return line.summaries().sealed(chunk);
        }

        @Override
        public MemorySegment openSummaries(int chunk, int blocks) {
            return line.summaries().open(chunk, blocks);
        }
    }
}
