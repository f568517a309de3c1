package dev.mneme.actors.memory;

import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.store.BlockShape;
import dev.mneme.store.BlockStore;
import dev.mneme.store.TailStore;
import java.util.List;

/**
 * Where the sessions of one tenant with one model and KV format keep their blocks. Thread-safe, as its parts are.
 *
 * @param layout the bytes of a block
 * @param shapes the store's view of each layer group's payload: one section a layer
 * @param summaries the bytes of a chunk of summaries
 * @param summaryShape the store's view of it: one section a layer
 * @param blocks sealed blocks
 * @param tails unfinished blocks of sessions at rest
 * @param buffers blocks being written
 * @param index where each session's blocks are noted
 */
public record MemorySpace(
        KvLayout layout,
        List<BlockShape> shapes,
        SummaryLayout summaries,
        BlockShape summaryShape,
        BlockStore blocks,
        TailStore tails,
        BlockBuffers buffers,
        SessionIndex index) {
    /** The space of a layout in a tenant's stores. */
    public static MemorySpace of(KvLayout layout, BlockStore blocks, TailStore tails, SessionIndex index) {
        List<BlockShape> shapes = layout.groups().stream()
                .map(group -> new BlockShape(group.layers().size(), Math.toIntExact(layout.layerBytes())))
                .toList();
        SummaryLayout summaries = SummaryLayout.of(layout);
        BlockShape summaryShape = new BlockShape(summaries.layers(), Math.toIntExact(summaries.layerBytes()));
        return new MemorySpace(layout, shapes, summaries, summaryShape, blocks, tails, new BlockBuffers(layout), index);
    }

    int groups() {
        return shapes.size();
    }
}
