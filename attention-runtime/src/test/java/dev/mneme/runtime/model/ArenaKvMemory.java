package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** One session's blocks in plain native memory, freed by the garbage collector. */
public final class ArenaKvMemory implements KvMemory {
    private record Place(int block, int group) {}

    private final KvLayout layout;
    private final Arena arena = Arena.ofAuto();
    private final Map<Place, MemorySegment> payloads = new HashMap<>();

    public ArenaKvMemory(KvLayout layout) {
        this.layout = layout;
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        MemorySegment payload = payloads.get(new Place(block, group));
        if (payload == null) {
            throw new IllegalStateException("block " + block + " was never written");
        }
        return payload.asReadOnly();
    }

    @Override
    public MemorySegment open(int block, int group) {
        return payloads.computeIfAbsent(
                new Place(block, group), place -> arena.allocate(layout.groupBytes(place.group()), 64));
    }
}
