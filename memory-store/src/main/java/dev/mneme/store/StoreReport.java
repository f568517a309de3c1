package dev.mneme.store;

import java.util.List;
import java.util.Map;

/**
 * What {@link BlockStore#verify} found after reading every block.
 *
 * @param blocks how many blocks were read
 * @param bytes of their payloads
 * @param sound the checksum of each block that is what was written, as {@link BlockStore#checksum} gives it
 * @param damaged blocks whose bytes are wrong; they are not served and can be rebuilt
 * @param findings what was wrong with whole arena files when the store opened; their lost blocks are simply missing
 */
public record StoreReport(
        int blocks, long bytes, Map<BlockKey, Long> sound, List<DamagedBlock> damaged, List<String> findings) {
    public StoreReport {
        sound = Map.copyOf(sound);
        damaged = List.copyOf(damaged);
        findings = List.copyOf(findings);
    }

    /** @param section as in {@link LeaseResult.Damaged} */
    public record DamagedBlock(BlockKey key, BlockShape shape, String reason, int section) {
    }

    /** Nothing is wrong. */
    public boolean isSound() {
        return damaged.isEmpty() && findings.isEmpty();
    }
}
