package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** The session's memory with choices of its own, for what is computed in the middle of its line. For the engine thread. */
record Beside(SessionMemory line, MemorySegment choices, MemorySegment saved) implements StepMemory, RetrievalMemory {
    static Beside of(SessionMemory line) {
        Arena arena = Arena.ofAuto();
        long bytes = line.choices().bytesNeeded();
        return new Beside(line, arena.allocate(bytes, Long.BYTES), arena.allocate(bytes, Long.BYTES));
    }

    @Override
    public void beginStep() {
        saved.copyFrom(choices);
    }

    @Override
    public void undoStep() {
        choices.copyFrom(saved);
    }

    @Override
    public long coldNanos() {
        return line.coldNanos();
    }

    @Override
    public void written(int from, int to) {
        line.rebuilt(from, to);
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
    public void expect(List<Integer> blocks) {
        line.expect(blocks);
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
