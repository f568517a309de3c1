package dev.mneme.store;

/** What came of asking for a block. */
public sealed interface LeaseResult {
    /** The block is there and proven; close the lease when done. */
    record Leased(BlockLease lease) implements LeaseResult {
    }

    /** The store has no such block. */
    record Missing() implements LeaseResult {
    }

    /**
     * The block is there and its bytes are wrong. It stays so until it is put again or removed.
     *
     * @param reason what did not match
     * @param section the first section whose checksum failed, or −1 where the header did
     */
    record Damaged(String reason, int section) implements LeaseResult {
    }
}
