package dev.mneme.store;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to read a block's bytes in place. While it is open the block is neither evicted, removed nor overwritten.
 * Thread-safe; closing twice does nothing. The payload must not be read after closing the lease, and reading it after
 * the store was closed throws {@link IllegalStateException}.
 */
public final class BlockLease implements AutoCloseable {
    private final BlockEntry entry;
    private final BlockIndex index;
    private final long checksum;
    private final MemorySegment payload;
    private final AtomicBoolean closed = new AtomicBoolean();

    BlockLease(BlockEntry entry, BlockIndex index, long checksum) {
        this.entry = entry;
        this.index = index;
        this.checksum = checksum;
        this.payload = entry.arena.bytes().payload(entry.slot);
    }

    public BlockKey key() {
        return entry.key;
    }

    /** The payload, read-only and 64-byte aligned, straight from the memory-mapped arena. */
    public MemorySegment payload() {
        if (closed.get()) {
            throw new IllegalStateException("The lease of block " + entry.key + " is closed");
        }
        return payload;
    }

    /** The block's checksum, equal to {@link BlockStore#checksum} of the same payload. */
    public long checksum() {
        return checksum;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            index.unpin(entry);
        }
    }
}
