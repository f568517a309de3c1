package dev.mneme.actors.memory;

import dev.mneme.persistence.index.BranchId;
import dev.mneme.runtime.attention.PlanFrame;
import dev.mneme.runtime.kv.KvLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Opens a session's memory for a turn: leases the blocks that its next step is sure to read, takes over the rows of its
 * unfinished block, and lists what is left to compute. In the window a step reads all blocks; past it the sinks and the
 * local window, and what it retrieves is leased when it is chosen. So a long session opens as fast as a short one. A
 * block may have been written by the session itself, by a parent, or by any session of the tenant whose text began the
 * same.
 */
public final class MemoryOpening {
    private static final int BLOCK = KvLayout.BLOCK;

    private final String session;
    private final MemorySpace space;
    private final BranchId branch;
    private final MemoryTimeline timeline;
    private final BlockKeys keys;
    private final ChainTip tip;
    private final int window;

    /**
     * Prepares the opening.
     *
     * @param session the session's name, for messages
     * @param space where its blocks are
     * @param branch its branch in the index
     * @param timeline how it remembers
     * @param keys its content addresses
     * @param tip the end of its token line, the turn's prompt included
     * @param window the model's window
     */
    public MemoryOpening(
            String session,
            MemorySpace space,
            BranchId branch,
            MemoryTimeline timeline,
            BlockKeys keys,
            ChainTip tip,
            int window) {
        this.session = session;
        this.space = space;
        this.branch = branch;
        this.timeline = timeline;
        this.keys = keys;
        this.tip = tip;
        this.window = window;
    }

    /**
     * Opens the memory; blocks while it reads.
     *
     * @param computedOnce positions below this were computed in earlier turns: computing them again is rebuilding
     * @param recomputeLast whether the last token is computed even if it is there, because its logits are wanted
     */
    public OpenedMemory open(int computedOnce, boolean recomputeLast) {
        int goal = recomputeLast ? tip.position() - 1 : tip.position();
        return open(surelyRead(Math.min(computedOnce, goal)), computedOnce, goal);
    }

    /** Opens the memory to compute all blocks that are lost, also those that the next steps may not read. For a repair. */
    public OpenedMemory openWhole() {
        return open(IntStream.range(0, tip.blocks()).boxed().toList(), tip.position(), tip.position());
    }

    private OpenedMemory open(List<Integer> wanted, int computedOnce, int goal) {
        return opened(memory -> open(memory, wanted, computedOnce, goal));
    }

    private OpenedMemory opened(Function<SessionMemory, OpenedMemory> opening) {
        SessionMemory memory = new SessionMemory(session, space, branch, timeline, keys, tip, window);
        try {
            return opening.apply(memory);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /**
     * Opens the memory to compute tokens of the line again, as they were; blocks while it reads. They are computed from the
     * beginning of a block, which begins a survey too, so no rows of an unfinished block are needed. Such a memory is
     * closed and not put to rest: the session's tail stays as it is.
     *
     * @param from a position of the line
     * @param to one past the last position that is computed
     */
    public OpenedMemory again(int from, int to) {
        int first = from / BLOCK;
        return opened(memory -> {
            // What is lost is found again, and computed, when a step asks for it.
            Map<Integer, String> unused = memory.lease(
                    surelyRead(first * BLOCK).stream().filter(block -> block < first).toList());
            new UnfinishedRows(space, branch, memory, tip).retrieval(to / BLOCK);
            return new OpenedMemory(
                    memory, to, List.of(), memory.spans(first * BLOCK, to, to), Collections.emptySortedSet());
        });
    }

    private OpenedMemory open(SessionMemory memory, List<Integer> wanted, int computedOnce, int goal) {
        int position = tip.position();
        int old = Math.min(computedOnce, goal);
        Map<Integer, String> problems = memory.lease(wanted);
        int end = tip.blocks();
        while (end > 0 && !memory.isThere(end - 1)) {
            end--;
        }
        LineEnd lineEnd = lineEnd(memory, end, goal);
        memory.leaseWindows(lineEnd.from());
        memory.noteFound(wanted);
        List<Detour> detours = holes(memory, problems, end, computedOnce);
        List<ComputeSpan> spans = memory.spans(lineEnd.from(), position, computedOnce);
        return new OpenedMemory(memory, position, detours, spans, reasons(problems, end, lineEnd, old));
    }

    /** Full blocks that the step at this position reads for sure, and those that come after it. */
    private List<Integer> surelyRead(int position) {
        IntStream all = IntStream.range(0, tip.blocks());
        return timeline.sparseAt(position, window)
                .map(sparse -> PlanFrame.of(sparse, position))
                .map(frame -> all.filter(block -> block < frame.sinks() || block >= frame.firstLocal()))
                .orElse(all)
                .boxed()
                .toList();
    }

    /**
     * How the end of the line is gone on with.
     *
     * @param there one past the last position whose keys and values are there
     * @param from where computing starts
     * @param midBlock whether more was there, in a block whose rows are not kept as they were written, or not all of them
     */
    private record LineEnd(int there, int from, boolean midBlock) {}

    /** Takes over what is there of the blocks from {@code end} on, positions below {@code goal}. */
    private LineEnd lineEnd(SessionMemory memory, int end, int goal) {
        int block = Math.min(end, goal / BLOCK);
        boolean midBlock = block < end && !memory.reopen(block);
        int there = goal;
        if (block == end || midBlock) {
            UnfinishedRows unfinished = new UnfinishedRows(space, branch, memory, tip);
            there = firstRows(unfinished, block, goal);
            midBlock |= unfinished.foundPart();
        }
        return new LineEnd(there, atSurveyStart(memory, there), midBlock);
    }

    private static int firstRows(UnfinishedRows unfinished, int end, int goal) {
        int block = end;
        int rows = unfinished.fill(block, Math.min(goal - block * BLOCK, BLOCK));
        while (rows == BLOCK) {
            block++;
            rows = unfinished.fill(block, Math.min(goal - block * BLOCK, BLOCK));
        }
        return block * BLOCK + rows;
    }

    /** A run that starts inside a survey needs what was chosen there; where that is not there, it starts with the survey. */
    private int atSurveyStart(SessionMemory memory, int position) {
        return timeline.sparseAt(position, window)
                .filter(sparse -> !memory.choices().suffice(position, sparse))
                .map(sparse -> sparse.surveyStart(position))
                .orElse(position);
    }

    private List<Detour> holes(SessionMemory memory, Map<Integer, String> problems, int end, int computedOnce) {
        List<Detour> detours = new ArrayList<>();
        for (int block = 0; block < end; block++) {
            int first = block;
            while (block < end && problems.containsKey(block)) {
                block++;
            }
            if (first < block) {
                detours.addAll(memory.detours(first, block, computedOnce));
            }
        }
        return detours;
    }

    private SortedSet<String> reasons(Map<Integer, String> problems, int end, LineEnd lineEnd, int old) {
        SortedSet<String> reasons = new TreeSet<>();
        problems.forEach((block, problem) -> {
            if (block < end && block * BLOCK < old) {
                reasons.add(problem);
            }
        });
        if (lineEnd.from < Math.min(lineEnd.there, old)) {
            reasons.add("mid-group");
        }
        if (lineEnd.there < old && lineEnd.midBlock) {
            reasons.add("mid-block");
        }
        int unexplained = lineEnd.midBlock ? lineEnd.there / BLOCK + 1 : lineEnd.there / BLOCK;
        for (int block = unexplained; lineEnd.there < old && block * BLOCK < old; block++) {
            reasons.add(block < tip.blocks() ? problems.getOrDefault(block, "missing") : "unsealed");
        }
        return reasons;
    }
}
