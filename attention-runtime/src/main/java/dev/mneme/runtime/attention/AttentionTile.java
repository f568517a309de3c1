package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.BlockPayload;

/**
 * Consecutive query tokens of one session that lie in one block and share a plan, with the memory
 * that the plan names. Query {@code i} is row {@code row + i} of the step's batch and has offset
 * {@code offset + i} in its block. Of an entry at distance {@code d} (in blocks) it sees the keys
 * {@code j} with {@code j <= offset + i} if {@code d} is 0 (else all 64), and, under a window,
 * {@code 64 * d + offset + i - j < window}. Every query sees at least one key of each entry.
 *
 * @param row      first row of the batch
 * @param tokens   number of query tokens
 * @param offset   offset of the first one in its block
 * @param plan     the blocks
 * @param payloads payload of each entry of the plan: the queries' own block as it was written, earlier ones as sealed
 * @param pages    rotation tables for each entry's distance; row {@code offset + i} is that of query {@code i}
 */
public record AttentionTile(
        int row, int tokens, int offset, AttentionPlan plan, BlockPayload[] payloads, RopePage[] pages) {}
