package dev.mneme.actors.memory;

import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a session's full blocks, and the checksums of those that were sealed. Read from the index a page at a time,
 * where they are asked for, so that opening a session costs the same however long it is. The index is a cache: what it
 * lacks is computed from the tokens, and where it disagrees with the actor's own chain tip, all of it is. For one thread.
 */
final class BlockChain {
    private static final int PAGE = 64;

    private final String session;
    private final SessionIndex index;
    private final BranchId branch;
    private final BlockKeys derivation;
    private final Map<Integer, BlockKey> keys = new HashMap<>();
    private final Map<Integer, List<Long>> checksums = new HashMap<>();
    private final boolean trusted;
    private int blocks;

    BlockChain(String session, SessionIndex index, BranchId branch, BlockKeys derivation, ChainTip tip) {
        this.session = session;
        this.index = index;
        this.branch = branch;
        this.derivation = derivation;
        this.blocks = tip.blocks();
        this.trusted = agrees(tip);
        if (!trusted) {
            derive(tip);
        }
    }

    private boolean agrees(ChainTip tip) {
        if (tip.blocks() == 0) {
            return true;
        }
        boolean same = key(tip.blocks() - 1).equals(tip.last());
        if (!same) {
            keys.clear();
            checksums.clear();
        }
        return same;
    }

    private void derive(ChainTip tip) {
        BlockKey previous = BlockKeys.ORIGIN;
        for (int block = 0; block < blocks; block++) {
            previous = derived(block, previous);
            keys.put(block, previous);
        }
        if (!previous.equals(tip.last())) {
            throw new SessionFailed(
                    session, "its journal and its recovered state name different blocks; run `mneme verify`", null);
        }
    }

    private BlockKey derived(int block, BlockKey previous) {
        int from = block * KvLayout.BLOCK;
        return derivation.next(block, previous, index.tokens(branch, from, from + KvLayout.BLOCK), 0);
    }

    private static BlockKey key(BlockEntry entry) {
        return new BlockKey(entry.keyHigh(), entry.keyLow());
    }

    /** How many full blocks there are. */
    int blocks() {
        return blocks;
    }

    /** The key of a full block, {@link BlockKeys#ORIGIN} of the one before the first. */
    BlockKey key(int block) {
        if (block < 0) {
            return BlockKeys.ORIGIN;
        }
        BlockKey known = keys.get(block);
        if (known == null) {
            readPage(block);
            known = keys.get(block);
        }
        return known != null ? known : fromTokens(block);
    }

    /** The key of a full block whose neighbours nobody is going to ask for: a page of these costs more than their one row. */
    BlockKey loneKey(int block) {
        if (!keys.containsKey(block)) {
            read(block, block + 1);
        }
        return key(block);
    }

    /** The checksum of each layer group's payload, if the block was sealed and noted. */
    Optional<List<Long>> checksums(int block) {
        if (trusted && block < blocks && !checksums.containsKey(block)) {
            readPage(block);
        }
        return Optional.ofNullable(checksums.get(block));
    }

    private void readPage(int block) {
        int from = block / PAGE * PAGE;
        read(from, from + PAGE);
    }

    private void read(int from, int to) {
        for (BlockEntry entry : index.blocks(branch, from, Math.min(blocks, to))) {
            keys.putIfAbsent(entry.block(), key(entry));
            checksums.put(entry.block(), entry.checksums());
        }
    }

    /** What the index lacks is computed from the last block before that it has. */
    private BlockKey fromTokens(int block) {
        int known = block - 1;
        while (known >= 0 && !keys.containsKey(known)) {
            readPage(known);
            if (!keys.containsKey(known)) {
                known--;
            }
        }
        for (int next = known + 1; next <= block; next++) {
            keys.put(next, derived(next, key(next - 1)));
        }
        return key(block);
    }

    /** Adds the key of a block that filled up. */
    void add(BlockKey key) {
        keys.put(blocks++, key);
    }
}
