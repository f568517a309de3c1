package dev.mneme.store;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A block that the store has: where it lies and how it is used. Plain fields belong to {@link BlockIndex}'s lock. */
final class BlockEntry {
    final BlockKey key;
    final ArenaFile arena;
    final int slot;

    long lastUse;
    int pins;
    boolean indexed;
    /** Set when the entry is to go as soon as nobody reads it. */
    @Nullable CompletableFuture<Void> removal;

    /** What its bytes were found to be in this process; {@code null} until somebody looked. */
    volatile @Nullable Inspection inspection;

    BlockEntry(BlockKey key, ArenaFile arena, int slot, long lastUse) {
        this.key = key;
        this.arena = arena;
        this.slot = slot;
        this.lastUse = lastUse;
    }

    BlockShape shape() {
        return arena.layout().shape();
    }

    /** The outcome of reading all of a block's bytes. */
    sealed interface Inspection {
        record Sound(long checksum) implements Inspection {
        }

        record Unsound(String reason, int section) implements Inspection {
        }
    }
}
