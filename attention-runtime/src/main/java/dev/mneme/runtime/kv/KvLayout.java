package dev.mneme.runtime.kv;

import java.util.List;

/**
 * The bytes of one block of {@value #BLOCK} tokens. A block has one payload per layer group; a
 * payload has one section per layer of the group, in order; a section has for each KV head first K
 * as {@code [headDim][64]} (dimension by dimension, 64 keys side by side, so that scores are vectors
 * over keys) and then V as {@code [64][headDim]} (token by token, so that outputs are vectors over
 * dimensions). Keys are rotated by their offset in the block, their dimensions in rotation order:
 * the first members of all rotated pairs, then the second members.
 *
 * <p>Quantized keys are followed by their scales, quantized values by theirs and, where they have them, minima; nibbles
 * of values are {@code [32][headDim]} bytes, those of tokens i and i + 32 in each ({@link KvNumbers} says what they mean). A head size is a
 * multiple of 16, and K and V of a head are padded, so that every section and every K and V in it starts at a multiple of
 * 64 bytes if the payload does.
 *
 * @param format  how each number is stored
 * @param kvHeads KV heads of every layer
 * @param headDim numbers in one key or value of one head
 * @param groups  the layer groups, each at its index
 */
public record KvLayout(KvFormat format, int kvHeads, int headDim, List<LayerGroup> groups) {
    /** Tokens in a block. */
    public static final int BLOCK = 64;
    private static final int ALIGNMENT = 64;

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

    /** The layout of the same model's blocks in another format. */
    public KvLayout in(KvFormat other) {
        return other == format ? this : new KvLayout(other, kvHeads, headDim, groups);
    }

    /** The layout of a block while it is open. */
    public KvLayout written() {
        return in(format.written());
    }

    /** Bytes of K of one KV head in one block. */
    public long keyBytes() {
        return switch (format) {
            case F32 -> 4L * BLOCK * headDim;
            case F16 -> 2L * BLOCK * headDim;
            case I8, K8V4 -> aligned(keyScales() + 2L * headDim);
        };
    }

    /** Bytes of V of one KV head in one block. */
    public long valueBytes() {
        return switch (format) {
            case F32 -> 4L * BLOCK * headDim;
            case F16 -> 2L * BLOCK * headDim;
            case I8 -> aligned(valueScales() + 2L * BLOCK * valueGroups());
            case K8V4 -> aligned(valueMinima() + 2L * BLOCK * valueGroups());
        };
    }

    /** Bytes of K and V of one KV head in one block. */
    public long headBytes() {
        return keyBytes() + valueBytes();
    }

    /** Offset of the {@code [headDim]} scales of quantized keys from the start of K. */
    public long keyScales() {
        return (long) BLOCK * headDim;
    }

    /** Offset of the {@code [64][valueGroups]} scales of quantized values from the start of V. */
    public long valueScales() {
        return (long) BLOCK * headDim / (format == KvFormat.K8V4 ? 2 : 1);
    }

    /** Offset of the {@code [64][valueGroups]} minima of values of 4 bits from the start of V. */
    public long valueMinima() {
        return valueScales() + 2L * BLOCK * valueGroups();
    }

    /** Dimensions of a quantized value that share a scale: 32, or 16 in heads whose size is no multiple of 32. */
    public int valueGroup() {
        return headDim % 32 == 0 ? 32 : 16;
    }

    /** Scales of a quantized value. */
    public int valueGroups() {
        return headDim / valueGroup();
    }

    /** Bytes of one layer's section in one block. */
    public long layerBytes() {
        return kvHeads * headBytes();
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
        return layerInGroup * layerBytes() + kvHead * headBytes();
    }

    /** Offset of V of a KV head in the payload of its group; {@code layerInGroup} counts within the group. */
    public long valueOffset(int layerInGroup, int kvHead) {
        return keyOffset(layerInGroup, kvHead) + keyBytes();
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
