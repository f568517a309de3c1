package dev.mneme.store;

import java.time.Duration;

/**
 * The store's limits.
 *
 * @param arenaBytes size of one arena file, preallocated; at least two blocks are always put in one. 256 MiB by default
 * @param diskBudgetBytes what all arena files of the store may take together; the least recently used blocks go
 *     first. 32 GiB by default
 * @param windowBudgetBytes what arena files of blocks with a window may take while sessions have passed some of these by;
 *     those go first, the least recently used before others. Blocks in the last window of a session come on top. At least
 *     one arena for each shape is always there. 256 MiB by default
 * @param ramBudgetBytes how much of the arena files may be in the process's memory, beside blocks that are leased: above it
 *     the least recently leased ones are given back to the kernel, which keeps them in its page cache while it has memory
 *     to spare. On Linux only; elsewhere it is counted, no more. By default an eighth of the memory of the machine, or of
 *     the container
 * @param waitingPuts how many puts may wait for the store thread before {@link BlockStore#put} blocks. 32 by default
 * @param leaseDeadline how long removing and closing wait for open leases. 10 s by default
 */
public record StoreOptions(
        long arenaBytes,
        long diskBudgetBytes,
        long windowBudgetBytes,
        long ramBudgetBytes,
        int waitingPuts,
        Duration leaseDeadline) {
    private static final StoreOptions DEFAULTS = new StoreOptions(
            256L << 20, 32L << 30, 256L << 20, MachineMemory.bytes() / 8, 32, Duration.ofSeconds(10));

    public StoreOptions {
        if (arenaBytes < 1 || arenaBytes > 1L << 30) {
            throw new IllegalArgumentException("An arena has 1 byte to 1 GiB, not " + arenaBytes);
        }
        if (diskBudgetBytes < arenaBytes) {
            throw new IllegalArgumentException("The disk budget of " + diskBudgetBytes + " bytes is less than one arena of " + arenaBytes);
        }
        if (windowBudgetBytes < 0) {
            throw new IllegalArgumentException("The budget for blocks with a window cannot be negative: " + windowBudgetBytes);
        }
        if (ramBudgetBytes < 0) {
            throw new IllegalArgumentException("The RAM budget cannot be negative: " + ramBudgetBytes);
        }
        if (waitingPuts < 1) {
            throw new IllegalArgumentException("At least one put must be able to wait, not " + waitingPuts);
        }
        if (leaseDeadline.isNegative()) {
            throw new IllegalArgumentException("The lease deadline cannot be negative: " + leaseDeadline);
        }
    }

    public static StoreOptions defaults() {
        return DEFAULTS;
    }

    public StoreOptions withArenaBytes(long bytes) {
        return new StoreOptions(bytes, diskBudgetBytes, windowBudgetBytes, ramBudgetBytes, waitingPuts, leaseDeadline);
    }

    public StoreOptions withDiskBudgetBytes(long bytes) {
        return new StoreOptions(arenaBytes, bytes, windowBudgetBytes, ramBudgetBytes, waitingPuts, leaseDeadline);
    }

    public StoreOptions withWindowBudgetBytes(long bytes) {
        return new StoreOptions(arenaBytes, diskBudgetBytes, bytes, ramBudgetBytes, waitingPuts, leaseDeadline);
    }

    public StoreOptions withRamBudgetBytes(long bytes) {
        return new StoreOptions(arenaBytes, diskBudgetBytes, windowBudgetBytes, bytes, waitingPuts, leaseDeadline);
    }

    public StoreOptions withWaitingPuts(int puts) {
        return new StoreOptions(arenaBytes, diskBudgetBytes, windowBudgetBytes, ramBudgetBytes, puts, leaseDeadline);
    }

    public StoreOptions withLeaseDeadline(Duration deadline) {
        return new StoreOptions(arenaBytes, diskBudgetBytes, windowBudgetBytes, ramBudgetBytes, waitingPuts, deadline);
    }
}
