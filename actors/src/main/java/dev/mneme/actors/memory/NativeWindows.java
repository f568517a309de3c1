package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.util.List;

/**
 * The layer groups of a model that see a window of the last tokens only. What they wrote is trimmed once it lies behind, and
 * made again from before: the keys and values of a layer are exact where those of all layers before it are exact in the
 * window, and those of the other groups are kept. So each layer with a window takes its window, in whole blocks since a
 * quantized block is only as exact as its first token, and the others take nothing.
 *
 * @param groups the groups; group 0 is none of them, of models without global layers it is kept as well
 */
record NativeWindows(List<LayerGroup> groups) {
    private static final int BLOCK = KvLayout.BLOCK;

    static NativeWindows of(KvLayout layout) {
        return new NativeWindows(
                layout.groups().stream().filter(NativeWindows::isTrimmed).toList());
    }

    static boolean isTrimmed(LayerGroup group) {
        return group.index() > 0 && group.window() > 0;
    }

    boolean has(int group) {
        // Without a stream: a step asks this of each of its blocks.
        for (LayerGroup each : groups) {
            if (each.index() == group) {
                return true;
            }
        }
        return false;
    }

    /** The first block that a token at this position sees in these groups. */
    int firstSeen(int position) {
        return groups.stream()
                .mapToInt(group -> AttentionPlan.firstBlock(position, group.window()))
                .min()
                .orElse(position / BLOCK);
    }

    /** How many blocks before its own the first token of a block sees. */
    int blocks() {
        return groups.stream().mapToInt(NativeWindows::blocks).max().orElse(0);
    }

    private static int blocks(LayerGroup group) {
        return Math.ceilDiv(group.window() - 1, BLOCK);
    }

    /** How many blocks before a block computing starts, with nothing before it, for that block to come out exact. */
    int warmUp() {
        return groups.stream().mapToInt(group -> group.layers().size() * blocks(group)).sum();
    }
}
