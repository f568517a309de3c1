package dev.mneme.actors.tenant;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.MemorySpace;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.store.BlockStore;
import dev.mneme.store.TailStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who owns sessions: a name, a secret that is part of every block key, and stores that nobody else reads. Thread-safe. */
public final class Tenant implements AutoCloseable {
    private final String name;
    private final byte[] secret;
    private final BlockStore blocks;
    private final TailStore tails;
    private final SessionIndex index;
    private final Map<KvLayout, MemorySpace> spaces = new ConcurrentHashMap<>();

    /** A tenant with its stores, which it closes. */
    public Tenant(String name, byte[] secret, BlockStore blocks, TailStore tails, SessionIndex index) {
        this.name = name;
        this.secret = secret.clone();
        this.blocks = blocks;
        this.tails = tails;
        this.index = index;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its sealed blocks. */
    public BlockStore blocks() {
        return blocks;
    }

    /** Its unfinished blocks. */
    public TailStore tails() {
        return tails;
    }

    /** The content addresses of a session that remembers thus. */
    public BlockKeys keys(MemoryTimeline timeline) {
        return BlockKeys.of(timeline, secret);
    }

    /** Where sessions with this model keep their blocks. */
    public MemorySpace space(LanguageModel model) {
        return spaces.computeIfAbsent(
                model.kvLayout(KvFormat.F16), layout -> MemorySpace.of(layout, blocks, tails, index));
    }

    /** Closes the stores; waits for open leases, with the store's deadline. */
    @Override
    public void close() {
        blocks.close();
    }
}
