package dev.mneme.benchmarks.kernels;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.kernel.Kernels;
import dev.mneme.runtime.kernel.VectorKernelProvider;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Attention of SmolLM2's three query heads of a KV head to a split of its plan, from more memory than caches hold. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionSpeed {
    private static final int HEAD_DIM = 64;
    private static final int QUERY_HEADS = 3;
    private static final int SPLITS = 1024;
    /** A byte of which two are a small half float, and one a code. */
    private static final byte NUMBER = 0x2a;

    /** How keys and values are kept. */
    @Param({"F16", "I8"})
    public KvFormat format = KvFormat.F16;

    /** How many tokens of one session attend. */
    @Param({"1", "32"})
    public int tokens = 1;

    private final Kernels kernels = VectorKernelProvider.create().newKernels();
    private final Arena arena = Arena.ofShared();
    private final AttentionShape shape = new AttentionShape(HEAD_DIM, QUERY_HEADS, 0.125f, 0, 0);
    private AttentionTile[] tiles = new AttentionTile[0];
    private float[] queries = new float[0];
    private float[] partials = new float[0];
    private int next;

    /** Fills the blocks and the queries. */
    @Setup
    public void fill() {
        KvLayout layout = layout(format);
        AttentionPlan plan = AttentionPlan.dense(0, AttentionPlan.SPLIT); // one more, the tokens' own, is not attended to
        RopePage page = new RopePage(new float[KvLayout.BLOCK * HEAD_DIM / 2], new float[KvLayout.BLOCK * HEAD_DIM / 2]);
        Arrays.fill(page.cos(), 1);
        RopePage[] pages = new RopePage[plan.size()];
        Arrays.fill(pages, page);
        tiles = new AttentionTile[SPLITS];
        for (int split = 0; split < SPLITS; split++) {
            BlockPayload[] payloads = new BlockPayload[plan.size()];
            for (int block = 0; block < AttentionPlan.SPLIT; block++) {
                MemorySegment bytes = arena.allocate(layout.groupBytes(0), 64).fill(NUMBER);
                payloads[block] = new BlockPayload(layout, bytes);
            }
            payloads[AttentionPlan.SPLIT] = payloads[0];
            tiles[split] = new AttentionTile(0, tokens, 0, plan, payloads, pages);
        }
        queries = new float[tokens * QUERY_HEADS * HEAD_DIM];
        Arrays.fill(queries, 0.5f);
        partials = new float[tokens * QUERY_HEADS * shape.partialLength()];
    }

    /** Gives the blocks back. */
    @TearDown
    public void close() {
        arena.close();
    }

    /** Attention to the next split. */
    @Benchmark
    public float attend() {
        next = (next + 1) % SPLITS;
        kernels.attend(shape, tiles[next], 0, AttentionPlan.SPLIT, queries, QUERY_HEADS * HEAD_DIM, 0, 0, partials, 0);
        return partials[0];
    }

    /** Bytes that a split is read from. */
    static double bytes(KvFormat format) {
        return (double) AttentionPlan.SPLIT * layout(format).headBytes();
    }

    /** Additions and multiplications for a split. */
    static double flops(int tokens) {
        return 4.0 * tokens * QUERY_HEADS * AttentionPlan.SPLIT * KvLayout.BLOCK * HEAD_DIM;
    }

    private static KvLayout layout(KvFormat format) {
        return new KvLayout(format, 1, HEAD_DIM, List.of(new LayerGroup(0, 0, List.of(0))));
    }
}
