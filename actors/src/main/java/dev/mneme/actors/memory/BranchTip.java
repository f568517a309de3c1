package dev.mneme.actors.memory;

import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.util.Optional;

/** Finds the chain tip at an earlier position of a branch, for forks and rewinds. */
public final class BranchTip {
    private BranchTip() {}

    /**
     * The tip of the first {@code position} tokens of a branch. Reads one index entry and fewer than 64 tokens where the
     * index knows the last full block, else all tokens since the last one that it knows.
     */
    public static ChainTip at(SessionIndex index, BranchId branch, BlockKeys keys, int position) {
        int known = position / KvLayout.BLOCK;
        while (known > 0) {
            Optional<BlockEntry> entry = index.block(branch, known - 1);
            if (entry.isPresent()) {
                BlockKey key = new BlockKey(entry.get().keyHigh(), entry.get().keyLow());
                return new ChainTip(known, key, new int[0])
                        .append(keys, index.tokens(branch, known * KvLayout.BLOCK, position));
            }
            known--;
        }
        return ChainTip.EMPTY.append(keys, index.tokens(branch, 0, position));
    }
}
