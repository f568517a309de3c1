package dev.mneme.store;

/**
 * How full a store is.
 *
 * @param blocks in the store
 * @param payloadBytes of these blocks
 * @param arenas files that hold them
 * @param arenaBytes size of these files, which is what the disk budget counts
 * @param diskBudgetBytes the budget
 * @param hotBytes of arenas that may be in the process's memory: those of blocks that were leased or put lately
 * @param ramBudgetBytes the budget of these
 * @param leases open now
 */
public record StoreUsage(
        int blocks, long payloadBytes, int arenas, long arenaBytes, long diskBudgetBytes, long hotBytes, long ramBudgetBytes,
        int leases) {
}
