package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The memory in which blocks are computed again whose layers with a native window have nothing to look back at any more. It
 * starts so far before them ({@link NativeWindows#warmUp}) that what it lacks at the start is not felt in them. What it
 * writes on the way there is not exact and nobody else sees it: it is kept here as long as the windows reach, and the blocks of
 * the other groups are read from the session's line. From {@code exactFrom} on all is written to the line.
 *
 * <p>On the way a run must not go beyond its block: it would read what it wrote itself instead of what the line has.
 *
 * <p>For the engine thread.
 */
final class WarmUp implements StepMemory, RetrievalMemory {
    private final Beside beside;
    private final MemorySpace space;
    private final int exactFrom;
    private final int end;
    /** Blocks before {@link #exactFrom}; what lies before the start is all zeros. */
    private final Map<Integer, OpenBlock> own = new HashMap<>();
    private final MemorySegment summaries;
    private int reached;

    /**
     * Begins before the first block that is wanted.
     *
     * @param exactFrom the first block that is wanted
     * @param end       one past the last
     */
    WarmUp(SessionMemory line, MemorySpace space, int exactFrom, int end) {
        this.beside = Beside.of(line);
        this.space = space;
        this.exactFrom = exactFrom;
        this.end = end;
        this.summaries = Arena.ofAuto().allocate(space.summaries().bytes(), 64);
    }

    private OpenBlock own(int block) {
        return own.computeIfAbsent(block, _ -> new OpenBlock(space, format(block)));
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        return block < exactFrom && space.windows().has(group)
                ? own(block).sealed()[group]
                : beside.sealed(block, group);
    }

    @Override
    public void expect(List<Integer> blocks) {
        beside.expect(blocks);
    }

    @Override
    public MemorySegment open(int block, int group) {
        return block < exactFrom ? own(block).written()[group] : beside.open(block, group);
    }

    @Override
    public MemorySegment sealing(int block, int group) {
        return block < exactFrom ? own(block).sealed()[group] : beside.sealing(block, group);
    }

    @Override
    public void written(int from, int to) {
        reached = to / KvLayout.BLOCK;
        if (to > exactFrom * KvLayout.BLOCK) {
            beside.written(from, to);
        }
        int firstSeen = reached == end ? exactFrom : space.windows().firstSeen(to);
        own.keySet().stream().filter(block -> block < firstSeen).toList().forEach(block -> own.remove(block).release());
    }

    @Override
    public MemorySegment sealedSummaries(int chunk) {
        return beside.sealedSummaries(chunk);
    }

    @Override
    public MemorySegment openSummaries(int chunk, int blocks) {
        if (reached >= exactFrom) {
            return beside.openSummaries(chunk, blocks);
        }
        boolean full = (chunk + 1) * SummaryLayout.BLOCKS <= exactFrom;
        return summaries.copyFrom(full ? beside.sealedSummaries(chunk) : beside.openSummaries(chunk, blocks));
    }

    @Override
    public void beginStep() {
        beside.beginStep();
    }

    @Override
    public void undoStep() {
        beside.undoStep();
    }

    @Override
    public long coldNanos() {
        return beside.coldNanos();
    }

    @Override
    public KvLayout layout() {
        return beside.layout();
    }

    @Override
    public KvFormat format(int block) {
        return beside.format(block);
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(this);
    }

    @Override
    public MemorySegment choices() {
        return beside.choices();
    }
}
