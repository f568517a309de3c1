package dev.mneme.actors.memory;

import dev.mneme.actors.jfr.SealEvent;
import dev.mneme.errors.SessionFailed;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A full block on its way into the store: one put per layer group, leased as it arrives. */
record Sealing(List<CompletableFuture<BlockLease>> puts, SealEvent event) {
    static Sealing begin(BlockStore store, BlockKey key, OpenBlock block) {
        SealEvent event = new SealEvent();
        event.begin();
        MemorySegment[] payloads = block.sealed();
        List<CompletableFuture<BlockLease>> puts = new ArrayList<>();
        for (int group = 0; group < payloads.length; group++) {
            puts.add(store.putLeased(BlockKeys.ofGroup(key, group), block.form().shapes().get(group), payloads[group])
                    .toCompletableFuture());
        }
        return new Sealing(puts, event);
    }

    boolean isDone() {
        return puts.stream().allMatch(CompletableFuture::isDone);
    }

    /** Each group's payload in the store; waits for it. */
    List<BlockLease> leases(String session) {
        List<BlockLease> leases = new ArrayList<>();
        for (CompletableFuture<BlockLease> put : puts) {
            try {
                leases.add(put.join());
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new SessionFailed(session, "a full block could not be stored: " + cause.getMessage(), cause);
            }
        }
        return leases;
    }

    /** Gives up what arrives, or has arrived. */
    void abandon() {
        puts.forEach(put -> {
            CompletableFuture<Void> unused = put.thenAccept(BlockLease::close);
        });
    }
}
