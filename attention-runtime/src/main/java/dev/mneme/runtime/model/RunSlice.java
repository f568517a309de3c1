package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The part of a run that one step computes, with the blocks that it reads and writes. */
final class RunSlice {
    final TokenRun run;
    /** Index of the slice's first token in the run. */
    final int from;
    final int tokens;
    /** The slice's first row in the step. */
    final int row;
    /** First position whose plan in the global layers is not dense. */
    final int sparseFrom;
    /** The query groups of the slice's positions from {@link #sparseFrom} on, ascending. */
    final List<QueryGroup> queryGroups;
    private final int[] firstBlocks;
    private final MemorySegment[][] payloads;
    /** Earlier blocks of group 0 that plans past the window asked for. */
    private final Map<Integer, MemorySegment> retrieved;

    RunSlice(TokenRun run, int from, int tokens, int row, List<LayerGroup> groups, int modelWindow) {
        this.run = run;
        this.from = from;
        this.tokens = tokens;
        this.row = row;
        this.sparseFrom = run.policy().firstSparsePosition(modelWindow);
        this.queryGroups = queryGroups();
        this.firstBlocks = new int[groups.size()];
        this.payloads = new MemorySegment[groups.size()][];
        this.retrieved = new HashMap<>();
        for (LayerGroup group : groups) {
            firstBlocks[group.index()] = group.window() == 0 && position(0) >= sparseFrom
                    ? queryGroups.getFirst().frame.firstLocal()
                    : AttentionPlan.firstBlock(position(0), group.window());
            payloads[group.index()] = resolve(group.index());
        }
    }

    private RunSlice(RunSlice whole, int tokens, int row) {
        this.run = whole.run;
        this.from = whole.from + whole.tokens - tokens;
        this.tokens = tokens;
        this.row = row;
        this.sparseFrom = whole.sparseFrom;
        this.queryGroups = whole.queryGroups;
        this.firstBlocks = whole.firstBlocks;
        this.payloads = whole.payloads;
        this.retrieved = whole.retrieved;
    }

    /** The slice's last tokens, at another row. */
    RunSlice last(int count, int newRow) {
        return new RunSlice(this, count, newRow);
    }

    /** How many of the slice's tokens, its last ones, want logits. */
    int wanted() {
        return Math.clamp(from + tokens - run.logitsFrom(), 0, tokens);
    }

    /** Absolute position of a token of the slice. */
    int position(int token) {
        return run.position() + from + token;
    }

    KvLayout layout() {
        return run.memory().layout();
    }

    /** The query group of a position from {@link #sparseFrom} on. */
    QueryGroup queryGroup(int position) {
        QueryGroup first = queryGroups.getFirst();
        return queryGroups.get((position - first.start) / first.policy.refresh());
    }

    private List<QueryGroup> queryGroups() {
        List<QueryGroup> groups = new ArrayList<>();
        if (run.policy() instanceof MemoryPolicy.Sparse sparse) {
            int last = position(tokens - 1);
            for (int start = Math.max(sparseFrom, sparse.groupStart(position(0))); start <= last; start += sparse.refresh()) {
                groups.add(new QueryGroup(this, sparse, start));
            }
        }
        return groups;
    }

    /** Payload of a block that tokens of the slice see by a dense plan, a window or as local. */
    MemorySegment payload(int block, int group) {
        return payloads[group][block - firstBlocks[group]];
    }

    /** Payload of any block of group 0 that a sparse plan names. For the engine thread only. */
    MemorySegment plannedPayload(int block) {
        return block >= firstBlocks[0] ? payload(block, 0) : retrieved.computeIfAbsent(block, this::retrieve);
    }

    private MemorySegment retrieve(int block) {
        return fetch(block, 0);
    }

    private MemorySegment[] resolve(int group) {
        int first = firstBlocks[group];
        int last = position(tokens - 1) / KvLayout.BLOCK;
        MemorySegment[] segments = new MemorySegment[last - first + 1];
        for (int block = first; block <= last; block++) {
            segments[block - first] = fetch(block, group);
        }
        return segments;
    }

    private MemorySegment fetch(int block, int group) {
        KvMemory memory = run.memory();
        boolean sealed = block < run.position() / KvLayout.BLOCK;
        MemorySegment payload = sealed ? memory.sealed(block, group) : memory.open(block, group);
        check(payload, block, group);
        return payload;
    }

    private void check(MemorySegment payload, int block, int group) {
        if (!payload.isNative() || payload.byteSize() < layout().groupBytes(group) || payload.address() % 64 != 0) {
            throw new IllegalArgumentException("block " + block + " of layer group " + group + " must be native memory"
                    + " of " + layout().groupBytes(group) + " bytes at a multiple of 64, but is " + payload);
        }
    }
}
