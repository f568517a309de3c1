package dev.mneme.benchmarks.resident;

import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockShape;
import dev.mneme.store.BlockStore;
import dev.mneme.store.LeaseResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The memory of a text far longer than was ever read, in a block store: the blocks of a short one over and over, the keys of
 * each moved a little in a direction of its own, so that every query chooses others. Summaries are made from these keys.
 * What layers with a native window have is not stored. Blocks are leased as a session leases them. For one engine thread.
 */
final class StoredMemory implements KvMemory, RetrievalMemory, AutoCloseable {
    /** Tokens of the short text: one chunk of summaries. */
    static final int TEXT = SummaryLayout.BLOCKS * KvLayout.BLOCK;

    private static final float MOVED = 0.3f;

    private final KvLayout layout;
    private final SummaryLayout summaries;
    private final BlockShape shape;
    private final BlockShape summaryShape;
    private final BlockStore store;
    private final KvArrays text;
    private final int blocks;
    private final Arena arena = Arena.ofShared();
    private final Map<Integer, BlockLease> chunks = new HashMap<>();
    private final List<Map<Integer, MemorySegment>> open = new ArrayList<>();
    private final MemorySegment openChunks;
    private final MemorySegment choices;
    private Map<Integer, BlockLease> asked = new ConcurrentHashMap<>();
    private Map<Integer, BlockLease> askedBefore = new ConcurrentHashMap<>();

    /**
     * Memory of so many blocks, a multiple of {@link SummaryLayout#BLOCKS}, none of which is there yet.
     *
     * @param text {@link #TEXT} tokens in F16 that were read with a sparse policy
     * @param keptBlocks blocks that the policy keeps between runs, for a KV head
     */
    StoredMemory(KvArrays text, BlockStore store, int blocks, int keptBlocks) {
        this.layout = text.layout();
        this.summaries = SummaryLayout.of(layout);
        this.shape = new BlockShape(summaries.layers(), Math.toIntExact(layout.layerBytes()));
        this.summaryShape = new BlockShape(summaries.layers(), Math.toIntExact(summaries.layerBytes()));
        this.store = store;
        this.text = text;
        this.blocks = blocks;
        layout.groups().forEach(group -> open.add(new HashMap<>()));
        this.openChunks = arena.allocate(summaries.bytes(), 64);
        this.choices = arena.allocate(GroupChoices.bytes(summaries.layers(), layout.kvHeads(), keptBlocks), 64);
    }

    /** Puts all blocks and summaries into the store. */
    void fill() {
        for (int chunk = 0; chunk < blocks / SummaryLayout.BLOCKS; chunk++) {
            fill(chunk);
        }
    }

    private void fill(int chunk) {
        List<CompletableFuture<Long>> puts = new ArrayList<>();
        try (Arena payloads = Arena.ofShared()) {
            MemorySegment written = payloads.allocate(summaries.bytes(), 64);
            for (int row = 0; row < SummaryLayout.BLOCKS; row++) {
                MemorySegment payload = payloads.allocate(layout.groupBytes(0), 64);
                payload.copyFrom(text.sealed(row, 0).asSlice(0, payload.byteSize()));
                int block = chunk * SummaryLayout.BLOCKS + row;
                move(payload, new Random(block));
                BlockSummary.writeAll(layout, payload, written, row);
                puts.add(store.put(key(block), shape, payload).toCompletableFuture());
            }
            puts.add(store.put(key(-1 - chunk), summaryShape, written).toCompletableFuture());
            puts.forEach(CompletableFuture::join);
        }
    }

    private void move(MemorySegment payload, Random random) {
        for (int layer = 0; layer < summaries.layers(); layer++) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                for (int dimension = 0; dimension < layout.headDim(); dimension++) {
                    long at = layout.keyOffset(layer, head) + 2L * KvLayout.BLOCK * dimension;
                    move(payload, at, (float) random.nextGaussian());
                }
            }
        }
    }

    /** One dimension of the 64 keys of a block. */
    private static void move(MemorySegment payload, long at, float by) {
        float size = 0;
        for (int token = 0; token < KvLayout.BLOCK; token++) {
            size += Math.abs(Float.float16ToFloat(payload.get(ValueLayout.JAVA_SHORT, at + 2L * token)));
        }
        float offset = MOVED * by * size / KvLayout.BLOCK;
        for (int token = 0; token < KvLayout.BLOCK; token++) {
            float moved = Float.float16ToFloat(payload.get(ValueLayout.JAVA_SHORT, at + 2L * token)) + offset;
            payload.set(ValueLayout.JAVA_SHORT, at + 2L * token, Float.floatToFloat16(moved));
        }
    }

    private static BlockKey key(int number) {
        return new BlockKey(number * 0x9e3779b97f4a7c15L, number);
    }

    /** Gives up what the last step did not ask for. */
    void beginStep() {
        askedBefore.values().forEach(BlockLease::close);
        askedBefore = asked;
        asked = new ConcurrentHashMap<>();
    }

    private BlockLease lease(BlockKey key, BlockShape of) {
        if (store.lease(key, of) instanceof LeaseResult.Leased(BlockLease lease)) {
            return lease;
        }
        throw new IllegalStateException(key + " is not there");
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        if (group > 0) {
            return text.sealed(block % SummaryLayout.BLOCKS, group);
        }
        if (block >= blocks) {
            return open(block, group);
        }
        return leased(block).payload();
    }

    private BlockLease leased(int block) {
        return asked.computeIfAbsent(block, _ -> {
            BlockLease before = askedBefore.remove(block);
            return before == null ? lease(key(block), shape) : before;
        });
    }

    @Override
    public void expect(List<Integer> wanted) {
        wanted.forEach(block -> store.prefetch(key(block), shape));
        wanted.parallelStream().forEach(this::leased);
    }

    @Override
    public MemorySegment open(int block, int group) {
        return open.get(group).computeIfAbsent(block, _ -> arena.allocate(layout.groupBytes(group), 64));
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(this);
    }

    @Override
    public MemorySegment sealedSummaries(int chunk) {
        return chunks.computeIfAbsent(chunk, _ -> lease(key(-1 - chunk), summaryShape)).payload();
    }

    @Override
    public MemorySegment openSummaries(int chunk, int rows) {
        return openChunks;
    }

    @Override
    public MemorySegment choices() {
        return choices;
    }

    @Override
    public void close() {
        beginStep();
        beginStep();
        chunks.values().forEach(BlockLease::close);
        chunks.clear();
        arena.close();
    }
}
