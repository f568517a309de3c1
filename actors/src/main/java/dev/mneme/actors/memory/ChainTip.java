package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.util.Arrays;

/**
 * The end of a session's token line: how many blocks are full, the key of the last of them, and the ids after it. Of
 * constant size, so that an actor can carry it as state.
 *
 * @param blocks full blocks
 * @param last the key of the last full block, {@link BlockKeys#ORIGIN} if there is none
 * @param tail ids after it, fewer than 64; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChainTip(int blocks, BlockKey last, int[] tail) {
    /** The tip of an empty session. */
    public static final ChainTip EMPTY = new ChainTip(0, BlockKeys.ORIGIN, new int[0]);

    /** How many tokens the line has. */
    public int position() {
        return blocks * KvLayout.BLOCK + tail.length;
    }

    /** The tip after {@code ids} were added. */
    public ChainTip append(BlockKeys keys, int[] ids) {
        int[] line = Arrays.copyOf(tail, tail.length + ids.length);
        System.arraycopy(ids, 0, line, tail.length, ids.length);
        BlockKey key = last;
        int full = line.length / KvLayout.BLOCK;
        for (int block = 0; block < full; block++) {
            key = keys.next(blocks + block, key, line, block * KvLayout.BLOCK);
        }
        return new ChainTip(blocks + full, key, Arrays.copyOfRange(line, full * KvLayout.BLOCK, line.length));
    }
}
