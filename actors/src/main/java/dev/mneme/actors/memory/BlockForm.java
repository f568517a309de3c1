package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockShape;
import java.util.List;

/**
 * How the blocks of one KV format lie in memory and in the store. Thread-safe, as its parts are.
 *
 * @param layout the bytes of a block
 * @param shapes the store's view of each layer group's payload: one section a layer, with the window of groups that are trimmed
 * @param buffers blocks that are not in the store yet
 */
public record BlockForm(KvLayout layout, List<BlockShape> shapes, BlockBuffers buffers) {
    static BlockForm of(KvLayout layout) {
        List<BlockShape> shapes = layout.groups().stream()
                .map(group -> new BlockShape(
                        group.layers().size(),
                        Math.toIntExact(layout.layerBytes()),
                        NativeWindows.isTrimmed(group) ? group.window() : 0))
                .toList();
        return new BlockForm(layout, shapes, BlockBuffers.ofBlocks(layout));
    }

    /** Bytes of one block over all layer groups. */
    long blockBytes() {
        return layout.bytesPerToken() * KvLayout.BLOCK;
    }
}
