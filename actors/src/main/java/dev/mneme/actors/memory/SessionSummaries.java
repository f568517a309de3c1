package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.LeaseResult;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The summaries of a session's blocks during a turn. Full chunks are kept in the store as blocks are, under a key that
 * follows from that of their last block: forks and equal beginnings share them. A chunk that is missing is made again
 * from its blocks, and the last one, which is not full, goes with the tail. For the engine thread.
 */
final class SessionSummaries {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSummaries.class);
    private static final int ROWS = SummaryLayout.BLOCKS;
    private static final int AHEAD = 32;

    private final SessionMemory memory;
    private final MemorySpace space;
    private final BlockChain chain;
    private final Map<Integer, BlockLease> leases = new HashMap<>();
    private final Map<Integer, OpenChunk> open = new HashMap<>();
    private long coldNanos;

    SessionSummaries(SessionMemory memory, MemorySpace space, BlockChain chain) {
        this.memory = memory;
        this.space = space;
        this.chain = chain;
    }

    /** All summaries of a chunk, to read. */
    MemorySegment sealed(int chunk) {
        OpenChunk own = open.get(chunk);
        if (own == null) {
            BlockLease lease = leases.containsKey(chunk) ? leases.get(chunk) : lease(chunk);
            if (lease != null) {
                return lease.payload();
            }
            own = open.computeIfAbsent(chunk, _ -> new OpenChunk(space.chunks()));
        }
        if (!own.isFull()) {
            fill(own, chunk, ROWS);
            keep(chunk, own);
        }
        return own.bytes();
    }

    private @Nullable BlockLease lease(int chunk) {
        long started = System.nanoTime();
        BlockKey key = key(chunk);
        boolean cold = space.blocks().prefetch(key, space.summaryShape());
        readAhead(chunk);
        BlockLease leased = null;
        if (space.blocks().lease(key, space.summaryShape()) instanceof LeaseResult.Leased(BlockLease lease)) {
            leases.put(chunk, lease);
            leased = lease;
        }
        if (cold) {
            if (leased != null) {
                leased.payload().load();
            }
            coldNanos += System.nanoTime() - started;
        }
        return leased;
    }

    /** How long leasing took, in all, where a chunk was not in memory. */
    long coldNanos() {
        return coldNanos;
    }

    /** All chunks are scanned, one after the other: with the first of some the disk is asked for all of these. */
    private void readAhead(int chunk) {
        if (chunk % AHEAD == 0) {
            int end = Math.min(chunk + AHEAD, chain.blocks() / ROWS);
            IntStream.range(chunk + 1, end).forEach(next -> space.blocks().prefetch(key(next), space.summaryShape()));
        }
    }

    private BlockKey key(int chunk) {
        return BlockKeys.ofSummaries(chain.loneKey((chunk + 1) * ROWS - 1));
    }

    /** A chunk to write to, in which the summaries of the first {@code rows} blocks are. */
    MemorySegment open(int chunk, int rows) {
        OpenChunk own = open.computeIfAbsent(chunk, _ -> new OpenChunk(space.chunks()));
        fill(own, chunk, rows);
        return own.bytes();
    }

    private void fill(OpenChunk own, int chunk, int rows) {
        for (int row = own.rows().nextClearBit(0); row < rows; row = own.rows().nextClearBit(row)) {
            int block = chunk * ROWS + row;
            MemorySegment payload = memory.sealed(block, 0);
            BlockSummary.writeAll(space.form(memory.format(block)).layout(), payload, own.bytes(), row);
            own.rows().set(row);
        }
    }

    /** Notes that a step has summarised a block. */
    void written(int block) {
        OpenChunk own = open.get(block / ROWS);
        if (own != null && !own.rows().get(block % ROWS)) {
            own.rows().set(block % ROWS);
            if (own.isFull()) {
                keep(block / ROWS, own);
            }
        }
    }

    private void keep(int chunk, OpenChunk full) {
        full.readUntil(space.blocks()
                .put(key(chunk), space.summaryShape(), full.bytes())
                .whenComplete((checksum, failure) -> {
                    if (failure != null) {
                        LOG.warn("summaries were not kept and will be made again: {}", failure.getMessage());
                    }
                }));
    }

    /** Takes over the summaries of a chunk's first {@code rows} blocks, as the tail kept them. */
    void restore(int chunk, MemorySegment bytes, int rows) {
        OpenChunk own = new OpenChunk(space.chunks());
        own.bytes().copyFrom(bytes);
        own.rows().set(0, rows);
        OpenChunk before = open.put(chunk, own);
        if (before != null) {
            before.release();
        }
    }

    /** The chunk, if the summaries of its first {@code rows} blocks are in memory. */
    Optional<MemorySegment> firstRows(int chunk, int rows) {
        OpenChunk own = open.get(chunk);
        return own != null && own.rows().nextClearBit(0) >= rows
                ? Optional.of(own.bytes())
                : Optional.empty();
    }

    void close() {
        leases.values().forEach(BlockLease::close);
        leases.clear();
        open.values().forEach(OpenChunk::release);
        open.clear();
    }
}
