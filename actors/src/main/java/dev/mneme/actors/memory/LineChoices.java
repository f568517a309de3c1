package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a session retrieves with at the end of its line: the choices of its current query group and survey, and its summaries.
 * Both go with the tail between turns, the choices because a turn may end inside a survey, the summaries of the last chunk
 * because it is not full. For the engine thread.
 */
final class LineChoices implements RetrievalMemory {
    private static final MemorySegment VERSION = MemorySegment.ofArray(new byte[] {SummaryLayout.VERSION}).asReadOnly();

    private final MemorySpace space;
    private final MemoryTimeline timeline;
    private final SessionSummaries summaries;
    private final MemorySegment choices;
    private final MemorySegment saved;

    LineChoices(MemorySpace space, MemoryTimeline timeline, SessionSummaries summaries) {
        this.space = space;
        this.timeline = timeline;
        this.summaries = summaries;
        this.choices = Arena.ofAuto().allocate(bytesNeeded(), Long.BYTES);
        this.saved = Arena.ofAuto().allocate(choices.byteSize(), Long.BYTES);
    }

    /** Bytes of choices under any policy that the session ever had. */
    long bytesNeeded() {
        int keptBlocks = timeline.eras().stream()
                .mapToInt(era -> era.policy() instanceof MemoryPolicy.Sparse sparse ? sparse.keptBlocks() : 0)
                .max()
                .orElse(0);
        SummaryLayout layout = space.summaries();
        return Math.max(Long.BYTES, GroupChoices.bytes(layout.layers(), layout.kvHeads(), keptBlocks));
    }

    @Override
    public MemorySegment sealedSummaries(int chunk) {
        return summaries.sealed(chunk);
    }

    @Override
    public MemorySegment openSummaries(int chunk, int blocks) {
        return summaries.open(chunk, blocks);
    }

    @Override
    public MemorySegment choices() {
        return choices;
    }

    void save() {
        saved.copyFrom(choices);
    }

    void restoreSaved() {
        choices.copyFrom(saved);
    }

    /**
     * What a tail keeps after {@code position} tokens: the choices, the last chunk, and the version of its layout; nothing
     * under a dense policy.
     */
    List<MemorySegment> toKeep(int position) {
        if (!(timeline.policyAt(position) instanceof MemoryPolicy.Sparse)) {
            return List.of();
        }
        int block = position / KvLayout.BLOCK;
        return summaries
                .firstRows(block / SummaryLayout.BLOCKS, block % SummaryLayout.BLOCKS)
                .map(chunk -> List.of(choices, chunk, VERSION))
                .orElse(List.of());
    }

    /** Takes back what {@link #toKeep} gave, when the session had {@code position} tokens. */
    void restore(List<MemorySegment> kept, int position) {
        if (kept.size() == 3
                && kept.get(2).mismatch(VERSION) < 0
                && kept.get(0).byteSize() == choices.byteSize()
                && kept.get(1).byteSize() == space.summaries().bytes()) {
            int block = position / KvLayout.BLOCK;
            choices.copyFrom(kept.get(0));
            summaries.restore(block / SummaryLayout.BLOCKS, kept.get(1), block % SummaryLayout.BLOCKS);
        }
    }

    /** Whether a run may start at this position: it begins a survey, or what it needs of one is there. */
    boolean suffice(int position, MemoryPolicy.Sparse policy) {
        SummaryLayout layout = space.summaries();
        GroupChoices current = new GroupChoices(choices, layout.kvHeads(), policy.topK(), policy.shortlist());
        OptionalInt needed = policy.neededGroup(position);
        return needed.isEmpty() || current.areOf(needed.getAsInt(), layout.layers());
    }
}
