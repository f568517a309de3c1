package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The part of a run that one step computes, with the blocks that it reads and writes. */
final class RunSlice {
    final TokenRun run;
    /** Index of the slice's first token in the run. */
    final int from;
    final int tokens;
    /** The slice's first row in the step. */
    final int row;
    private final int[] firstBlocks;
    private final MemorySegment[][] payloads;

    RunSlice(TokenRun run, int from, int tokens, int row, List<LayerGroup> groups) {
        this.run = run;
        this.from = from;
        this.tokens = tokens;
        this.row = row;
        this.firstBlocks = new int[groups.size()];
        this.payloads = new MemorySegment[groups.size()][];
        for (LayerGroup group : groups) {
            firstBlocks[group.index()] = AttentionPlan.firstBlock(position(0), group.window());
            payloads[group.index()] = resolve(group.index());
        }
    }

    private RunSlice(RunSlice whole, int tokens, int row) {
        this.run = whole.run;
        this.from = whole.from + whole.tokens - tokens;
        this.tokens = tokens;
        this.row = row;
        this.firstBlocks = whole.firstBlocks;
        this.payloads = whole.payloads;
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

    /** Payload of a block that some token of the slice sees. */
    MemorySegment payload(int block, int group) {
        return payloads[group][block - firstBlocks[group]];
    }

    private MemorySegment[] resolve(int group) {
        int first = firstBlocks[group];
        int last = position(tokens - 1) / KvLayout.BLOCK;
        int firstOpen = run.position() / KvLayout.BLOCK;
        KvMemory memory = run.memory();
        MemorySegment[] segments = new MemorySegment[last - first + 1];
        for (int block = first; block <= last; block++) {
            MemorySegment payload = block < firstOpen ? memory.sealed(block, group) : memory.open(block, group);
            check(payload, block, group);
            segments[block - first] = payload;
        }
        return segments;
    }

    private void check(MemorySegment payload, int block, int group) {
        if (!payload.isNative() || payload.byteSize() < layout().groupBytes(group) || payload.address() % 64 != 0) {
            throw new IllegalArgumentException("block " + block + " of layer group " + group + " must be native memory"
                    + " of " + layout().groupBytes(group) + " bytes at a multiple of 64, but is " + payload);
        }
    }
}
