package dev.mneme.benchmarks;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.RetrievalArrays;
import dev.mneme.runtime.kv.RetrievalMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A session in plain memory that can be gone on with in several ways from the end of a block. */
final class ForkableMemory implements KvMemory, AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final KvLayout layout;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment[]> blocks;
    private final RetrievalArrays retrieval;

    private ForkableMemory(KvLayout layout, List<MemorySegment[]> blocks, int topK) {
        this.layout = layout;
        this.blocks = new ArrayList<>(blocks);
        this.retrieval = new RetrievalArrays(layout, topK);
    }

    static ForkableMemory empty(KvLayout layout) {
        return new ForkableMemory(layout, List.of(), 0);
    }

    /** The same blocks, all of them full, for another policy; to be closed before this one. */
    ForkableMemory fork(MemoryPolicy.Sparse policy) {
        ForkableMemory fork = new ForkableMemory(layout, blocks, policy.topK());
        fork.summarise();
        return fork;
    }

    private void summarise() {
        float[] scratch = new float[2 * layout.headDim()];
        for (int layer = 0; layer < layout.groups().getFirst().layers().size(); layer++) {
            for (int kvHead = 0; kvHead < layout.kvHeads(); kvHead++) {
                MemorySegment summaries = retrieval.summaries(layer, kvHead, blocks.size());
                for (int block = 0; block < blocks.size(); block++) {
                    BlockSummary.write(
                            layout.format(), blocks.get(block)[0], layout.keyOffset(layer, kvHead), layout.headDim(),
                            scratch, summaries, (long) block * BlockSummary.bytes(layout.headDim()));
                }
            }
        }
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
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(retrieval);
    }

    @Override
    public void close() {
        retrieval.close();
        arena.close();
    }
}
