package dev.mneme.runtime.oracle;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.BlockName;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.RetrievalArrays;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.model.CaptureSink;
import dev.mneme.runtime.model.LogitsSink;
import dev.mneme.runtime.model.MassSink;
import dev.mneme.runtime.model.TokenRun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A session whose blocks lie in plain native memory, zero until written. It counts positions, and holds the runtime to
 * the contract of {@link KvMemory}: a sealed block is full and within its layers' window, an open one is not behind
 * the run, and only a block that the run fills is sealed.
 */
public final class SessionInMemory implements KvMemory, AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final KvLayout layout;
    private final MemoryPolicy policy;
    private final RetrievalArrays retrieval;
    private final Arena arena = Arena.ofShared();
    private final IntFunction<KvFormat> formats;
    private final List<List<MemorySegment>> written = new ArrayList<>(); // by group, then by block
    private final List<List<MemorySegment>> quantized = new ArrayList<>(); // the same; blocks of other formats are empty
    private int runStart;
    private int position;
    private int expected;

    public SessionInMemory(KvLayout layout) {
        this(layout, MemoryPolicy.dense());
    }

    public SessionInMemory(KvLayout layout, MemoryPolicy policy) {
        this(layout, policy, _ -> layout.format());
    }

    /** A session whose format may change: {@code formats} knows that of each block. */
    public SessionInMemory(KvLayout layout, MemoryPolicy policy, IntFunction<KvFormat> formats) {
        this.layout = layout;
        this.formats = formats;
        this.policy = policy;
        this.retrieval = new RetrievalArrays(layout, policy instanceof MemoryPolicy.Sparse sparse ? sparse.keptBlocks() : 0);
        layout.groups().forEach(_ -> {
            written.add(new ArrayList<>());
            quantized.add(new ArrayList<>());
        });
    }

    /** The next tokens of this session; call it once for each run that is really made. */
    public TokenRun next(int[] tokens, int logitsFrom, LogitsSink sink) {
        return next(tokens, logitsFrom, sink, MassSink.NONE);
    }

    /** The same with somebody who asks where attention goes. */
    public TokenRun next(int[] tokens, int logitsFrom, LogitsSink sink, MassSink mass) {
        return next(tokens, logitsFrom, sink, mass, CaptureSink.NONE);
    }

    /** The same with somebody who asks how much of all attention its plans capture. */
    public TokenRun next(int[] tokens, int logitsFrom, LogitsSink sink, MassSink mass, CaptureSink captured) {
        runStart = position;
        position += tokens.length;
        return new TokenRun(tokens, runStart, this, policy, logitsFrom, sink, mass, captured);
    }

    /** Tokens given so far. */
    public int position() {
        return position;
    }

    @Override
    public KvLayout layout() {
        return layout;
    }

    @Override
    public KvFormat format(int block) {
        return formats.apply(block);
    }

    @Override
    public MemorySegment sealed(int block, int group) {
        if ((block + 1) * KvLayout.BLOCK > runStart) {
            throw new AssertionError("block " + block + " is not full at position " + runStart);
        }
        int window = layout.groups().get(group).window();
        if (window > 0 && (block + 1) * KvLayout.BLOCK <= runStart - window + 1) {
            throw new AssertionError("block " + block + " lies before the window of " + window + " at " + runStart
                    + ", where a store may have dropped it");
        }
        return (formats.apply(block).isQuantized() ? quantized : written).get(group).get(block).asReadOnly();
    }

    /** By what is in it, so that another block in its place has another name. */
    @Override
    public Optional<BlockName> name(int block) {
        MessageDigest digest = sha256();
        (formats.apply(block).isQuantized() ? quantized : written).forEach(group -> digest.update(group.get(block).asByteBuffer()));
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return Optional.of(new BlockName(hash.getLong(), hash.getLong()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void expect(List<Integer> blocks) {
        if (Set.copyOf(blocks).size() != blocks.size()) {
            throw new AssertionError("blocks are expected twice: " + blocks);
        }
        blocks.forEach(block -> sealed(block, 0));
        expected += blocks.size();
    }

    /** How many blocks were said to be asked for. */
    public int expected() {
        return expected;
    }

    @Override
    public MemorySegment open(int block, int group) {
        if (block < runStart / KvLayout.BLOCK || block > (position - 1) / KvLayout.BLOCK) {
            throw new AssertionError("block " + block + " holds no position from " + runStart + " to " + position);
        }
        List<MemorySegment> ofGroup = written.get(group);
        while (ofGroup.size() <= block) {
            ofGroup.add(allocate(formats.apply(ofGroup.size()).written(), group));
        }
        return ofGroup.get(block);
    }

    @Override
    public MemorySegment sealing(int block, int group) {
        if (!formats.apply(block).isQuantized()) {
            throw new AssertionError("block " + block + " is kept as it was written");
        }
        if (block < runStart / KvLayout.BLOCK || (block + 1) * KvLayout.BLOCK > position) {
            throw new AssertionError("the run from " + runStart + " to " + position + " does not fill block " + block);
        }
        List<MemorySegment> ofGroup = quantized.get(group);
        while (ofGroup.size() <= block) {
            KvFormat format = formats.apply(ofGroup.size());
            ofGroup.add(format.isQuantized() ? allocate(format, group) : MemorySegment.NULL);
        }
        return ofGroup.get(block);
    }

    private MemorySegment allocate(KvFormat format, int group) {
        return arena.allocate(layout.in(format).groupBytes(group), ALIGNMENT);
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(retrieval);
    }

    /** Goes back: the next token is the one at this position. */
    public void rewind(int to) {
        position = to;
    }

    /** The sealed payload of a full block of one group. */
    public byte[] bytes(int block, int group) {
        return (formats.apply(block).isQuantized() ? quantized : written)
                .get(group).get(block).toArray(ValueLayout.JAVA_BYTE);
    }

    /** All bytes of all blocks as written, group after group, then as quantized, the current choices and all summaries. */
    public List<byte[]> allBytes() {
        List<byte[]> all = new ArrayList<>();
        written.forEach(group -> group.forEach(block -> all.add(block.toArray(ValueLayout.JAVA_BYTE))));
        quantized.forEach(group -> group.forEach(block -> all.add(block.toArray(ValueLayout.JAVA_BYTE))));
        all.add(retrieval.choices().toArray(ValueLayout.JAVA_BYTE));
        SummaryLayout summaries = SummaryLayout.of(layout);
        for (int block = 0; block < position / KvLayout.BLOCK; block++) {
            MemorySegment chunk = retrieval.openSummaries(block / SummaryLayout.BLOCKS, 0);
            for (int layer = 0; layer < summaries.layers(); layer++) {
                for (int kvHead = 0; kvHead < layout.kvHeads(); kvHead++) {
                    all.add(summary(chunk, summaries.offset(layer, kvHead), block % SummaryLayout.BLOCKS));
                }
            }
        }
        return all;
    }

    private byte[] summary(MemorySegment chunk, long offset, int row) {
        int headDim = layout.headDim();
        ByteBuffer bytes = ByteBuffer.allocate(2 * headDim + 2 * Float.BYTES);
        for (int d = 0; d < headDim; d++) {
            bytes.put(chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.means(d) + row));
            bytes.put(chunk.get(ValueLayout.JAVA_BYTE, offset + BlockSummary.deviations(headDim, d) + row));
        }
        bytes.putFloat(BlockSummary.scale(chunk, offset + BlockSummary.meanScales(headDim), row));
        bytes.putFloat(BlockSummary.scale(chunk, offset + BlockSummary.deviationScales(headDim), row));
        return bytes.array();
    }

    @Override
    public void close() {
        retrieval.close();
        arena.close();
    }
}
