package dev.mneme.actors.memory;

import dev.mneme.persistence.index.BranchId;
import dev.mneme.runtime.kv.KvLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session's memory for a turn: leases the full blocks of its token line that the store has, takes over the rows
 * of its unfinished block, and lists what is left to compute. A block may have been written by the session itself, by a
 * parent, or by any session of the tenant whose text began the same.
 */
public final class MemoryOpening {
    private static final int BLOCK = KvLayout.BLOCK;

    private final String session;
    private final MemorySpace space;
    private final BranchId branch;
    private final MemoryTimeline timeline;
    private final BlockKeys keys;
    private final ChainTip tip;

    /**
     * Prepares the opening.
     *
     * @param session the session's name, for messages
     * @param space where its blocks are
     * @param branch its branch in the index
     * @param timeline how it remembers
     * @param keys its content addresses
     * @param tip the end of its token line, the turn's prompt included
     */
    public MemoryOpening(
            String session,
            MemorySpace space,
            BranchId branch,
            MemoryTimeline timeline,
            BlockKeys keys,
            ChainTip tip) {
        this.session = session;
        this.space = space;
        this.branch = branch;
        this.timeline = timeline;
        this.keys = keys;
        this.tip = tip;
    }

    /**
     * Opens the memory; blocks while it reads.
     *
     * @param computedOnce positions below this were computed in earlier turns: computing them again is rebuilding
     * @param recomputeLast whether the last token is computed even if it is there, because its logits are wanted
     */
    public OpenedMemory open(int computedOnce, boolean recomputeLast) {
        KnownChain chain = KnownChain.read(session, space.index(), branch, keys, tip);
        SessionMemory memory =
                new SessionMemory(session, space, branch, keys, chain.keys(), tip, chain.checksums());
        try {
            return open(memory, new UnfinishedRows(space, branch, memory, tip), computedOnce, recomputeLast);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private OpenedMemory open(
            SessionMemory memory, UnfinishedRows unfinished, int computedOnce, boolean recomputeLast) {
        int position = tip.position();
        int goal = recomputeLast ? position - 1 : position;
        TreeSet<String> reasons = new TreeSet<>();
        List<Gap> gaps = new ArrayList<>();
        for (int start = 0; start < position; start += BLOCK) {
            int block = start / BLOCK;
            int end = Math.min(start + BLOCK, position);
            int wanted = Math.min(end, goal) - start;
            String problem = block < tip.blocks() ? memory.lease(block) : "unsealed";
            int there = problem == null ? keepLeased(memory, block, wanted) : unfinished.fill(block, wanted);
            if (there == BLOCK) {
                continue;
            }
            Gap.add(gaps, start + there, end);
            if (problem != null && start + there < Math.min(computedOnce, goal)) {
                reasons.add(problem);
            }
        }
        List<ComputeSpan> spans = spans(gaps, computedOnce);
        int toCompute = spans.stream().mapToInt(span -> span.tokens().length).sum();
        Optional<String> reason = spans.stream().anyMatch(span -> span.kind() == ComputeSpan.Kind.REBUILD)
                ? Optional.of(String.join(", ", reasons))
                : Optional.empty();
        return new OpenedMemory(memory, spans, position - toCompute, reason);
    }

    private static int keepLeased(SessionMemory memory, int block, int wanted) {
        if (wanted < BLOCK) {
            memory.reopen(block);
        }
        return wanted;
    }

    private List<ComputeSpan> spans(List<Gap> gaps, int computedOnce) {
        List<ComputeSpan> spans = new ArrayList<>();
        for (Gap gap : gaps) {
            int cut = Math.clamp(computedOnce, gap.from(), gap.to());
            addSpan(spans, gap.from(), cut, ComputeSpan.Kind.REBUILD);
            addSpan(spans, cut, gap.to(), ComputeSpan.Kind.NEW);
        }
        return List.copyOf(spans);
    }

    private void addSpan(List<ComputeSpan> spans, int from, int to, ComputeSpan.Kind kind) {
        if (from < to) {
            spans.add(new ComputeSpan(from, space.index().tokens(branch, from, to), kind));
        }
    }

    private record Gap(int from, int to) {
        static void add(List<Gap> gaps, int from, int to) {
            @Nullable Gap last = gaps.isEmpty() ? null : gaps.getLast();
            if (last != null && last.to == from) {
                gaps.set(gaps.size() - 1, new Gap(last.from, to));
            } else if (from < to) {
                gaps.add(new Gap(from, to));
            }
        }
    }
}
