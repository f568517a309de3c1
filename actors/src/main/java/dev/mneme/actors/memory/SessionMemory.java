package dev.mneme.actors.memory;

import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockStore;
import dev.mneme.store.LeaseResult;
import dev.mneme.store.Tail;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One session's keys and values during one turn. Sealed blocks are leased from the store, blocks being written are
 * buffers of our own; a block that fills up is handed to the store and leased back when it is there.
 *
 * <p>Made by {@link MemoryOpening} off the engine, used by the engine thread for the turn, then {@link #rest put to rest}
 * off the engine again: one thread at a time, handed over through queues.
 */
public final class SessionMemory implements KvMemory, AutoCloseable {
    /** Full blocks that may wait for the store before the engine waits for it. */
    private static final int MAX_SEALING = 32;

    private final String session;
    private final MemorySpace space;
    private final BranchId branch;
    private final BlockKeys keys;
    private final List<BlockKey> chain;
    private final List<BlockLease @Nullable []> leases = new ArrayList<>();
    private final Map<Integer, MemorySegment[]> open = new HashMap<>();
    private final Map<Integer, Sealing> sealing = new TreeMap<>();
    private final Map<Integer, List<Long>> expectedChecksums;
    private final List<BlockEntry> unnoted = new ArrayList<>();
    private ChainTip tip;
    /** How many tokens are in the journal; set by the session's actor while the engine thread reads it. */
    private volatile int durable;
    /** One past the last position written in this turn; 0 before the first. */
    private int computed;

    SessionMemory(
            String session,
            MemorySpace space,
            BranchId branch,
            BlockKeys keys,
            List<BlockKey> chain,
            ChainTip tip,
            Map<Integer, List<Long>> expectedChecksums) {
        this.session = session;
        this.space = space;
        this.branch = branch;
        this.keys = keys;
        this.chain = new ArrayList<>(chain);
        this.tip = tip;
        this.durable = tip.position();
        this.expectedChecksums = expectedChecksums;
    }

    @Override
    public KvLayout layout() {
        return space.layout();
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        BlockLease lease = leaseOf(block, group);
        if (lease != null) {
            return lease.payload();
        }
        MemorySegment[] written = open.get(block);
        if (written == null) {
            throw new IllegalStateException("block " + block + " of session '" + session + "' was not prepared");
        }
        return written[group];
    }

    @Override
    public MemorySegment open(int block, int group) {
        return open.computeIfAbsent(block, b -> space.buffers().acquire())[group];
    }

    /** Bytes of one block over all layer groups. */
    public long blockBytes() {
        return space.layout().bytesPerToken() * KvLayout.BLOCK;
    }

    /** Adds a sampled token to the token line, so that its block has a key when it fills. */
    public void extend(int token) {
        ChainTip next = tip.append(keys, new int[] {token});
        if (next.blocks() > tip.blocks()) {
            chain.add(next.last());
        }
        tip = next;
    }

    /**
     * Notes that keys and values of positions {@code [from, to)} were written, seals the blocks that they fill, and
     * takes back what the store has finished.
     */
    public void written(int from, int to) {
        computed = to;
        for (int block = from / KvLayout.BLOCK; (block + 1) * KvLayout.BLOCK <= to; block++) {
            seal(block);
        }
        settle(sealing.size() > MAX_SEALING);
    }

    private void seal(int block) {
        MemorySegment[] payloads = open.get(block);
        if (payloads == null) {
            throw new IllegalStateException("block " + block + " of session '" + session + "' was never written");
        }
        List<Long> expected = expectedChecksums.get(block);
        if (expected != null) {
            verifyRebuilt(block, payloads, expected);
        }
        sealing.put(block, Sealing.begin(space, chain.get(block), payloads));
    }

    private void verifyRebuilt(int block, MemorySegment[] payloads, List<Long> expected) {
        List<Long> rebuilt = IntStream.range(0, payloads.length)
                .mapToObj(group -> BlockStore.checksum(payloads[group], space.shapes().get(group)))
                .toList();
        if (!rebuilt.equals(expected)) {
            throw new SessionFailed(
                    session,
                    "block %d was rebuilt from the journal and differs from what was sealed (%s, was %s);"
                            .formatted(block, rebuilt, expected)
                            + " run `mneme verify`",
                    null);
        }
    }

    private void settle(boolean wait) {
        for (Iterator<Map.Entry<Integer, Sealing>> each = sealing.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Integer, Sealing> entry = each.next();
            Sealing seal = entry.getValue();
            if (!wait && !seal.isDone()) {
                continue;
            }
            int block = entry.getKey();
            List<Long> checksums = seal.checksums(session);
            BlockKey key = chain.get(block);
            seal.event().sealed(session, block, expectedChecksums.containsKey(block));
            unnoted.add(new BlockEntry(block, key.high(), key.low(), checksums));
            each.remove();
            if (lease(block) == null) {
                space.buffers().release(open.remove(block));
            }
        }
        note();
    }

    /**
     * Notes stored blocks in the index, those only whose tokens are in the journal: the engine runs ahead of it, and a
     * note beyond the journal's end would say that the journal was cut.
     */
    private void note() {
        List<BlockEntry> due = unnoted.stream()
                .filter(entry -> (entry.block() + 1) * KvLayout.BLOCK <= durable)
                .toList();
        if (!due.isEmpty()) {
            space.index().putBlocks(branch, due);
            unnoted.removeAll(due);
        }
    }

    /** Says that the first {@code position} tokens are in the journal. From the session's actor. */
    public void durable(int position) {
        durable = position;
    }

    /** The key of the block before this one. */
    BlockKey keyBefore(int block) {
        return block == 0 ? BlockKeys.ORIGIN : chain.get(block - 1);
    }

    /** Leases all groups of a block; what is wrong if that cannot be done, and then nothing stays leased. */
    @Nullable String lease(int block) {
        BlockLease[] taken = new BlockLease[space.groups()];
        for (int group = 0; group < taken.length; group++) {
            BlockKey key = BlockKeys.ofGroup(chain.get(block), group);
            switch (space.blocks().lease(key, space.shapes().get(group))) {
                case LeaseResult.Leased(BlockLease lease) -> taken[group] = lease;
                case LeaseResult.Missing() -> {
                    release(taken);
                    return "missing";
                }
                case LeaseResult.Damaged damaged -> {
                    release(taken);
                    return "damaged";
                }
            }
        }
        while (leases.size() <= block) {
            leases.add(null);
        }
        leases.set(block, taken);
        return null;
    }

    private static void release(@Nullable BlockLease[] taken) {
        for (BlockLease lease : taken) {
            if (lease != null) {
                lease.close();
            }
        }
    }

    private @Nullable BlockLease leaseOf(int block, int group) {
        if (block >= leases.size()) {
            return null;
        }
        BlockLease @Nullable [] taken = leases.get(block);
        return taken == null ? null : taken[group];
    }

    /** Turns a leased block into an open one with the same content, so that its last rows can be computed again. */
    void reopen(int block) {
        MemorySegment[] buffer = space.buffers().acquire();
        for (int group = 0; group < buffer.length; group++) {
            MemorySegment.copy(sealed(block, group), 0, buffer[group], 0, buffer[group].byteSize());
        }
        BlockLease @Nullable [] taken = leases.get(block);
        if (taken != null) {
            release(taken);
        }
        leases.set(block, null);
        open.put(block, buffer);
    }

    /**
     * Ends the turn's use: waits until the full blocks are in the store, keeps the unfinished block as the session's
     * tail, gives up leases and buffers. Blocks; call it off the engine.
     */
    public void rest() {
        try (this) {
            settle(true);
            keepTail();
        }
    }

    /** Gives up leases and buffers and keeps nothing more. */
    @Override
    public void close() {
        leases.forEach(taken -> {
            if (taken != null) {
                release(taken);
            }
        });
        leases.clear();
        // A buffer that the store may still be reading is not written again: it is left to the garbage collector.
        sealing.forEach((block, seal) -> open.remove(block));
        sealing.clear();
        open.values().forEach(space.buffers()::release);
        open.clear();
    }

    private void keepTail() {
        int block = computed / KvLayout.BLOCK;
        int rows = computed % KvLayout.BLOCK;
        MemorySegment[] payloads = open.get(block);
        if (rows == 0 || payloads == null) {
            return;
        }
        int[] ids = space.index().tokens(branch, block * KvLayout.BLOCK, computed);
        space.tails()
                .write(branch.sessionId(), new Tail(keyBefore(block), block * KvLayout.BLOCK, ids, List.of(payloads)));
    }
}
