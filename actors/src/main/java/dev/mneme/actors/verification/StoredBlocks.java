package dev.mneme.actors.verification;

import dev.mneme.store.BlockKey;
import dev.mneme.store.StoreReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a tenant's store holds, all of it having been read. */
final class StoredBlocks {
    private final Map<BlockKey, Long> sound;
    private final Map<BlockKey, String> damaged = new HashMap<>();
    private final Set<BlockKey> named = new HashSet<>();

    StoredBlocks(StoreReport report) {
        this.sound = new HashMap<>(report.sound());
        report.damaged().forEach(block -> damaged.put(block.key(), block.reason()));
    }

    /** The checksum of a block that is there and sound. */
    @Nullable Long checksum(BlockKey key) {
        return sound.get(key);
    }

    /** Says that a block is wrong although it is what was written. */
    void distrust(BlockKey key) {
        sound.remove(key);
        damaged.put(key, "it has another checksum than when it was sealed");
        named.add(key);
    }

    boolean isDamaged(BlockKey key) {
        return damaged.containsKey(key);
    }

    /** What is wrong with a damaged block; it counts as named from now on. */
    String flaw(BlockKey key) {
        named.add(key);
        return damaged.getOrDefault(key, "");
    }

    /** Damaged blocks that no session was told of. */
    Map<String, String> unnamed() {
        Map<String, String> rest = new TreeMap<>();
        damaged.forEach((key, reason) -> {
            if (!named.contains(key)) {
                rest.put(key.toString(), reason);
            }
        });
        return rest;
    }

    /** All damaged blocks. */
    List<BlockKey> damaged() {
        return List.copyOf(damaged.keySet());
    }
}
