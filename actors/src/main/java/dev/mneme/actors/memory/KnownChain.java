package dev.mneme.actors.memory;

import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a session's full blocks, and the checksums of those that were sealed. The index is a cache: what it lacks,
 * or has wrong, is computed again from the tokens, and the actor's own chain tip decides.
 *
 * @param keys the key of each full block
 * @param checksums the checksum of each layer group's payload, by block
 */
record KnownChain(List<BlockKey> keys, Map<Integer, List<Long>> checksums) {
    static KnownChain read(String session, SessionIndex index, BranchId branch, BlockKeys keys, ChainTip tip) {
        KnownChain indexed = fromIndex(index, branch, tip.blocks());
        KnownChain chain = indexed.completed(index, branch, keys, tip.blocks());
        if (chain.endsWith(tip.last())) {
            return chain;
        }
        KnownChain recomputed = new KnownChain(List.of(), Map.of()).completed(index, branch, keys, tip.blocks());
        if (!recomputed.endsWith(tip.last())) {
            throw new SessionFailed(
                    session, "its journal and its recovered state name different blocks; run `mneme verify`", null);
        }
        return recomputed;
    }

    private static KnownChain fromIndex(SessionIndex index, BranchId branch, int blocks) {
        List<BlockKey> keys = new ArrayList<>(blocks);
        Map<Integer, List<Long>> checksums = new HashMap<>();
        for (BlockEntry entry : index.blocks(branch, 0, blocks)) {
            if (entry.block() != keys.size()) {
                break;
            }
            keys.add(new BlockKey(entry.keyHigh(), entry.keyLow()));
            checksums.put(entry.block(), entry.checksums());
        }
        return new KnownChain(keys, checksums);
    }

    private KnownChain completed(SessionIndex index, BranchId branch, BlockKeys derivation, int blocks) {
        if (keys.size() >= blocks) {
            return this;
        }
        List<BlockKey> all = new ArrayList<>(keys);
        int from = keys.size() * KvLayout.BLOCK;
        int[] ids = index.tokens(branch, from, blocks * KvLayout.BLOCK);
        for (int offset = 0; offset < ids.length; offset += KvLayout.BLOCK) {
            BlockKey previous = all.isEmpty() ? BlockKeys.ORIGIN : all.getLast();
            all.add(derivation.next(all.size(), previous, ids, offset));
        }
        return new KnownChain(all, checksums);
    }

    private boolean endsWith(BlockKey last) {
        return keys.isEmpty() ? last.equals(BlockKeys.ORIGIN) : keys.getLast().equals(last);
    }
}
