package dev.mneme.app;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of one text, kept only while it is looked at. */
final class ScratchMemory implements KvMemory, AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final KvLayout layout;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment[]> blocks = new ArrayList<>();

    ScratchMemory(KvLayout layout) {
        this.layout = layout;
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        return blocks.get(block)[group].asReadOnly();
    }

    @Override
    public MemorySegment open(int block, int group) {
        while (blocks.size() <= block) {
            MemorySegment[] payloads = new MemorySegment[layout.groups().size()];
            for (int index = 0; index < payloads.length; index++) {
                payloads[index] = arena.allocate(layout.groupBytes(index), ALIGNMENT);
            }
            blocks.add(payloads);
        }
        return blocks.get(block)[group];
    }

    @Override
    public void close() {
        arena.close();
    }
}
