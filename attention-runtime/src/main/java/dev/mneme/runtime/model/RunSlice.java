package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.BlockName;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a run that one step computes, with the blocks that it reads and writes. A token sees its own block as it
 * was written and earlier ones as sealed; a block that the slice fills is both, to its own tokens and to later ones.
 */
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
    /** By layer group, the first block that tokens of the slice see by a dense plan, a window or as local. */
    private final int[] firstBlocks;
    /** By layer group, blocks from the first that is seen to the last that is full after the slice. */
    private final BlockPayload[][] sealed;
    /** By layer group, blocks from {@link #firstWritten} on that hold positions of the step. */
    private final BlockPayload[][] written;
    private final int firstWritten;
    /** Earlier blocks of group 0 that plans past the window asked for. */
    private final Map<Integer, BlockPayload> retrieved;
    /** Those of the plans in work that are not yet there. */
    private final BitSet missing = new BitSet();

    RunSlice(TokenRun run, int from, int tokens, int row, List<LayerGroup> groups, int modelWindow) {
        this.run = run;
        this.from = from;
        this.tokens = tokens;
        this.row = row;
        this.sparseFrom = run.policy().firstSparsePosition(modelWindow);
        this.queryGroups = queryGroups();
        this.firstBlocks = new int[groups.size()];
        this.sealed = new BlockPayload[groups.size()][];
        this.written = new BlockPayload[groups.size()][];
        this.firstWritten = firstOwnBlock();
        this.retrieved = new HashMap<>();
        for (LayerGroup group : groups) {
            firstBlocks[group.index()] = group.window() == 0 && position(0) >= sparseFrom
                    ? queryGroups.getFirst().frame.firstLocal()
                    : AttentionPlan.firstBlock(position(0), group.window());
            resolve(group.index());
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
        this.sealed = whole.sealed;
        this.written = whole.written;
        this.firstWritten = whole.firstWritten;
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

    /** First block that holds a position of the slice. */
    int firstOwnBlock() {
        return position(0) / KvLayout.BLOCK;
    }

    /** Last block that holds a position of the slice. */
    int lastOwnBlock() {
        return position(tokens - 1) / KvLayout.BLOCK;
    }

    /** Number of the session's blocks that are full after the slice. */
    int fullBlocks() {
        return (position(tokens - 1) + 1) / KvLayout.BLOCK;
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

    /** What a block is known by that was sealed before the run; empty of others. */
    Optional<BlockName> name(int block) {
        return block < run.position() / KvLayout.BLOCK ? run.memory().name(block) : Optional.empty();
    }

    /** A block that holds positions of the slice, as it is written. */
    BlockPayload written(int block, int group) {
        return written[group][block - firstWritten];
    }

    /** A full block that tokens of the slice see by a dense plan, a window or as local, as it is sealed. */
    BlockPayload sealed(int block, int group) {
        return sealed[group][block - firstBlocks[group]];
    }

    /** A block as a query of block {@code own} sees it that has it in its dense plan or window. */
    BlockPayload seen(int block, int group, int own) {
        return block == own ? written(block, group) : sealed(block, group);
    }

    /** Any block of group 0 as a query of block {@code own} sees it. For the engine thread only. */
    BlockPayload planned(int block, int own) {
        return block >= firstBlocks[0] ? seen(block, 0, own) : retrieved.computeIfAbsent(block, this::retrieve);
    }

    /** Says which blocks {@link #planned} will be asked for. For the engine thread only. */
    void expect(int[]... planned) {
        missing.clear();
        for (int[] blocks : planned) {
            for (int block : blocks) {
                boolean isFetched = block >= firstBlocks[0] || retrieved.containsKey(block);
                if (!isFetched && block < run.position() / KvLayout.BLOCK) {
                    missing.set(block);
                }
            }
        }
        if (missing.cardinality() > 1) {
            run.memory().expect(missing.stream().boxed().toList());
        }
    }

    private BlockPayload retrieve(int block) {
        return fetchSealed(block, 0);
    }

    private void resolve(int group) {
        int firstOwn = firstOwnBlock();
        int last = lastOwnBlock();
        written[group] = new BlockPayload[last - firstOwn + 1];
        for (int block = firstOwn; block <= last; block++) {
            written[group][block - firstOwn] = fetchWritten(block, group);
        }
        int first = firstBlocks[group];
        sealed[group] = new BlockPayload[Math.max(0, fullBlocks() - first)];
        for (int block = first; block < fullBlocks(); block++) {
            boolean asWritten = block >= firstOwn && !run.memory().format(block).isQuantized();
            sealed[group][block - first] = asWritten ? written(block, group) : fetchSealed(block, group);
        }
    }

    private BlockPayload fetchWritten(int block, int group) {
        KvMemory memory = run.memory();
        return checked(memory.open(block, group), layout(block).written(), block, group);
    }

    private BlockPayload fetchSealed(int block, int group) {
        KvMemory memory = run.memory();
        MemorySegment bytes;
        if (block < run.position() / KvLayout.BLOCK) {
            bytes = memory.sealed(block, group);
        } else {
            bytes = memory.format(block).isQuantized() ? memory.sealing(block, group) : memory.open(block, group);
        }
        return checked(bytes, layout(block), block, group);
    }

    private KvLayout layout(int block) {
        KvFormat format = run.memory().format(block);
        return run.memory().layout().in(format);
    }

    private static BlockPayload checked(MemorySegment bytes, KvLayout layout, int block, int group) {
        if (!bytes.isNative() || bytes.byteSize() < layout.groupBytes(group) || bytes.address() % 64 != 0) {
            throw new IllegalArgumentException("block " + block + " of layer group " + group + " must be native memory"
                    + " of " + layout.groupBytes(group) + " bytes at a multiple of 64, but is " + bytes);
        }
        return new BlockPayload(layout, bytes);
    }
}
