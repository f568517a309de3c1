package dev.mneme.actors.memory;

import dev.mneme.actors.jfr.SealEvent;
import dev.mneme.errors.SessionFailed;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A full block on its way into the store: one put per layer group. */
record Sealing(List<CompletableFuture<Long>> puts, SealEvent event) {
    static Sealing begin(BlockStore store, BlockKey key, OpenBlock block) {
        SealEvent event = new SealEvent();
        event.begin();
        MemorySegment[] payloads = block.sealed();
        List<CompletableFuture<Long>> puts = new ArrayList<>();
        for (int group = 0; group < payloads.length; group++) {
            puts.add(store.put(BlockKeys.ofGroup(key, group), block.form().shapes().get(group), payloads[group])
                    .toCompletableFuture());
        }
        return new Sealing(puts, event);
    }

    boolean isDone() {
        return puts.stream().allMatch(CompletableFuture::isDone);
    }

    /** The checksum of each group's payload; waits for the store. */
    List<Long> checksums(String session) {
        List<Long> checksums = new ArrayList<>();
        for (CompletableFuture<Long> put : puts) {
            try {
                checksums.add(put.join());
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new SessionFailed(session, "a full block could not be stored: " + cause.getMessage(), cause);
            }
        }
        return checksums;
    }
}
