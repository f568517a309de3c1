package dev.mneme.runtime.kv;

import java.util.List;

/**
 * The bytes of one block of {@value #BLOCK} tokens. A block has one payload per layer group; a
 * payload has one section per layer of the group, in order; a section has for each KV head first K
 * as {@code [headDim][64]} (dimension by dimension, 64 keys side by side, so that scores are vectors
 * over keys) and then V as {@code [64][headDim]} (token by token, so that outputs are vectors over
 * dimensions). Keys are rotated by their offset in the block, their dimensions in rotation order:
 * the first members of all rotated pairs, then the second members. A head size is a multiple of 16,
 * so every section and every K and V in it starts at a multiple of 64 bytes if the payload does.
 *
 * @param format  how each number is stored
 * @param kvHeads KV heads of every layer
 * @param headDim numbers in one key or value of one head
 * @param groups  the layer groups, each at its index
 */
public record KvLayout(KvFormat format, int kvHeads, int headDim, List<LayerGroup> groups) {
    /** Tokens in a block. */
    public static final int BLOCK = 64;

    /** Checks the shape. */
    public KvLayout {
        groups = List.copyOf(groups);
        if (kvHeads < 1 || headDim < 16 || headDim % 16 != 0 || groups.isEmpty()) {
            throw new IllegalArgumentException(
                    "a KV layout needs a head, a head size that is a multiple of 16, and a layer group: "
                            + kvHeads + " KV heads of " + headDim + ", groups " + groups);
        }
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).index() != i) {
                throw new IllegalArgumentException("layer group " + groups.get(i) + " stands at index " + i);
            }
        }
    }

    /** Bytes of K (and also of V) of one KV head in one block. */
    public long headBytes() {
        return (long) BLOCK * headDim * format.bytesPerValue();
    }

    /** Bytes of one layer's section in one block. */
    public long layerBytes() {
        return 2 * kvHeads * headBytes();
    }

    /** Bytes of one block's payload of a layer group. */
    public long groupBytes(int group) {
        return groups.get(group).layers().size() * layerBytes();
    }

    /** Bytes that one token takes over all groups. */
    public long bytesPerToken() {
        long bytes = 0;
        for (LayerGroup group : groups) {
            bytes += groupBytes(group.index());
        }
        return bytes / BLOCK;
    }

    /** Offset of K of a KV head in the payload of its group; {@code layerInGroup} counts within the group. */
    public long keyOffset(int layerInGroup, int kvHead) {
        return layerInGroup * layerBytes() + 2 * kvHead * headBytes();
    }

    /** Offset of V of a KV head in the payload of its group; {@code layerInGroup} counts within the group. */
    public long valueOffset(int layerInGroup, int kvHead) {
        return keyOffset(layerInGroup, kvHead) + headBytes();
    }
}
