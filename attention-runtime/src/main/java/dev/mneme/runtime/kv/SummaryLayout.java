package dev.mneme.runtime.kv;

/**
 * The bytes of a chunk: the summaries of {@value #BLOCKS} consecutive blocks, from a multiple of {@value #BLOCKS} on.
 * For each layer of group 0, for each KV head, {@value #BLOCKS} summaries ({@link BlockSummary}) side by side, so that a
 * scan streams. A chunk is content as a block is: equal blocks give equal chunks.
 *
 * @param layers  layers of group 0
 * @param kvHeads KV heads of a layer
 * @param headDim numbers in one key of one head
 */
public record SummaryLayout(int layers, int kvHeads, int headDim) {
    /** Blocks of a chunk. */
    public static final int BLOCKS = 64;

    /** The layout for blocks of this layout. */
    public static SummaryLayout of(KvLayout layout) {
        return new SummaryLayout(layout.groups().getFirst().layers().size(), layout.kvHeads(), layout.headDim());
    }

    /** Bytes of one layer's summaries, a multiple of 64. */
    public long layerBytes() {
        return (long) kvHeads * BLOCKS * BlockSummary.bytes(headDim);
    }

    /** Bytes of a chunk. */
    public long bytes() {
        return layers * layerBytes();
    }

    /** Offset of a KV head's summaries; {@code layer} counts within the group. */
    public long offset(int layer, int kvHead) {
        return layer * layerBytes() + (long) kvHead * BLOCKS * BlockSummary.bytes(headDim);
    }

    /** Offset of one summary; {@code row} is the block's place in the chunk. */
    public long offset(int layer, int kvHead, int row) {
        return offset(layer, kvHead) + (long) row * BlockSummary.bytes(headDim);
    }
}
