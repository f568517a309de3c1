package dev.mneme.runtime.kv;

/**
 * The bytes of a chunk: the summaries ({@link BlockSummary}) of {@value #BLOCKS} consecutive blocks, from a multiple of
 * {@value #BLOCKS} on, layer by layer of group 0, KV head by KV head. A KV head's are interleaved: what the blocks have for
 * a dimension lies side by side, so that a scan scores as many blocks at once as a vector has lanes. A chunk is content as a
 * block is: equal blocks give equal chunks.
 *
 * @param layers  layers of group 0
 * @param kvHeads KV heads of a layer
 * @param headDim numbers in one key of one head
 */
public record SummaryLayout(int layers, int kvHeads, int headDim) {
    /** Blocks of a chunk. */
    public static final int BLOCKS = 64;

    /**
     * Names what the bytes are and how they lie: it is part of a chunk's key. In version 1 each block's summary lay in one
     * piece; up to version 2 deviations were mean absolute ones.
     */
    public static final int VERSION = 3;

    /** The layout for blocks of this layout. */
    public static SummaryLayout of(KvLayout layout) {
        return new SummaryLayout(layout.groups().getFirst().layers().size(), layout.kvHeads(), layout.headDim());
    }

    /** Bytes of one layer's summaries, a multiple of 64. */
    public long layerBytes() {
        return kvHeads * BlockSummary.chunkBytes(headDim);
    }

    /** Bytes of a chunk. */
    public long bytes() {
        return layers * layerBytes();
    }

    /** Offset of a KV head's summaries; {@code layer} counts within the group. */
    public long offset(int layer, int kvHead) {
        return layer * layerBytes() + kvHead * BlockSummary.chunkBytes(headDim);
    }
}
