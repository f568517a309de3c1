package dev.mneme.runtime.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@link KvMemory} in plain native memory, for texts that are looked at once. It can be gone on with in several ways
 * from the end of a block, and can forget what native windows have passed, so that a text of a million tokens fits where
 * most layers have such a window. For one engine thread.
 */
public final class KvArrays implements KvMemory, AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final KvLayout layout;
    private final Arena arena = Arena.ofShared();
    private final List<Blocks> groups;
    private final RetrievalArrays retrieval;

    /** The blocks of one layer group. */
    private static final class Blocks {
        /** By number; {@link MemorySegment#NULL} where forgotten. */
        final List<MemorySegment> payloads;
        /** Blocks from this one on are not a parent's. */
        final int ownFrom;
        /** Blocks below this one are forgotten. */
        int forgotten;
        final Deque<MemorySegment> free = new ArrayDeque<>();
        /** Open blocks of a quantized format. */
        final Map<Integer, MemorySegment> written = new HashMap<>();
        final Deque<MemorySegment> freeWritten = new ArrayDeque<>();

        Blocks(List<MemorySegment> payloads, int forgotten) {
            this.payloads = new ArrayList<>(payloads);
            this.ownFrom = payloads.size();
            this.forgotten = forgotten;
        }

        /** A full block is not written any more. */
        void freeWritten(int block) {
            MemorySegment payload = written.remove(block);
            if (payload != null) {
                freeWritten.push(payload);
            }
        }
    }

    /** Empty memory for a text with blocks of this layout, whose policy keeps {@code keptBlocks} blocks a KV head (0: none). */
    public KvArrays(KvLayout layout, int keptBlocks) {
        this.layout = layout;
        this.groups = layout.groups().stream().map(_ -> new Blocks(List.of(), 0)).toList();
        this.retrieval = new RetrievalArrays(layout, keptBlocks);
    }

    private KvArrays(KvArrays parent, int keptBlocks) {
        this.layout = parent.layout;
        this.groups = parent.groups.stream().map(group -> new Blocks(group.payloads, group.forgotten)).toList();
        this.retrieval = parent.retrieval.fork(parent.groups.getFirst().payloads.size(), keptBlocks);
    }

    /**
     * The same blocks, all of them full, to go on with under a policy that keeps {@code keptBlocks} blocks a KV head. Such a policy
     * needs summaries, so the text so far must have been computed with a sparse policy too. The fork is closed before
     * this memory is gone on with or closed.
     */
    public KvArrays fork(int keptBlocks) {
        return new KvArrays(this, keptBlocks);
    }

    /** Drops blocks of layers with a native window that no token from this position on sees. */
    public void forgetBefore(int position) {
        for (LayerGroup group : layout.groups()) {
            if (group.window() > 0) {
                Blocks blocks = groups.get(group.index());
                int firstSeen = Math.max(0, position - group.window() + 1) / KvLayout.BLOCK;
                for (; blocks.forgotten < Math.min(firstSeen, blocks.payloads.size()); blocks.forgotten++) {
                    blocks.freeWritten(blocks.forgotten);
                    MemorySegment payload = blocks.payloads.set(blocks.forgotten, MemorySegment.NULL);
                    if (blocks.forgotten >= blocks.ownFrom) {
                        blocks.free.push(payload);
                    }
                }
            }
        }
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        Blocks blocks = groups.get(group);
        blocks.freeWritten(block);
        return blocks.payloads.get(block).asReadOnly();
    }

    @Override
    public MemorySegment open(int block, int group) {
        if (!layout.format().isQuantized()) {
            return sealing(block, group);
        }
        Blocks blocks = groups.get(group);
        return blocks.written.computeIfAbsent(block, _ -> {
            MemorySegment free = blocks.freeWritten.poll();
            return free != null ? free : arena.allocate(layout.written().groupBytes(group), ALIGNMENT);
        });
    }

    @Override
    public MemorySegment sealing(int block, int group) {
        Blocks blocks = groups.get(group);
        while (blocks.payloads.size() <= block) {
            MemorySegment free = blocks.free.poll();
            blocks.payloads.add(free != null ? free : arena.allocate(layout.groupBytes(group), ALIGNMENT));
        }
        return blocks.payloads.get(block);
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(retrieval);
    }

    @Override
    public void close() {
        retrieval.close();
        arena.close();
    }
}
