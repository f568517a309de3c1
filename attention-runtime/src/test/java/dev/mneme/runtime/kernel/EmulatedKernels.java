package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.cuda.EmulatedDevice.floats;
import static dev.mneme.runtime.cuda.EmulatedDevice.ints;
import static dev.mneme.runtime.cuda.EmulatedDevice.read;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.cuda.EmulatedDevice;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The CUDA kernels that there are, behind the interface of the CPU's. Tiles have two KV heads. */
final class EmulatedKernels implements Kernels {
    static final int KV_HEADS = 2;
    private static final int BLOCK = KvLayout.BLOCK;

    private final EmulatedDevice device;
    private boolean many;

    EmulatedKernels(EmulatedDevice device) {
        this.device = device;
    }

    /** By the kernel for few tokens and the one for many in turn. */
    @Override
    public void matmul(
            WeightMatrix weights, int fromRow, int toRow, float[] input, int tokens, int inputVersion,
            float[] output, int outputStride, int outputOffset) {
        int rows = weights.rows();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment products = arena.allocate(ValueLayout.JAVA_FLOAT, (long) rows * tokens);
            String name = (many ? "multiply_many_" : "multiply_few_") + weights.stored().type();
            int tileRows = many ? 8 : 1;
            int tileTokens = many ? 8 : 4;
            many = !many;
            device.launch(name, (rows + 8 * tileRows - 1) / (8 * tileRows), (tokens + tileTokens - 1) / tileTokens, 1, 128,
                    weights.stored().data(), rows, weights.columns(), floats(arena, input, 0, tokens * weights.columns()),
                    tokens, products);
            for (int t = 0; t < tokens; t++) {
                for (int row = fromRow; row < toRow; row++) {
                    output[outputOffset + t * outputStride + row] =
                            products.getAtIndex(ValueLayout.JAVA_FLOAT, (long) t * rows + row);
                }
            }
        }
    }

    @Override
    public void rmsNorm(
            float[] input, int inputOffset, int length, float[] weight, float epsilon, float[] output, int outputOffset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment normed = arena.allocate(ValueLayout.JAVA_FLOAT, length);
            device.launch("norm_rows", 1, 1, 1, 256,
                    floats(arena, input, inputOffset, length), length, floats(arena, weight), epsilon, normed);
            read(normed, output, outputOffset, length);
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int offset, int count) {
        gate("gate_silu", gate, up, offset, count);
    }

    @Override
    public void geluMultiply(float[] gate, float[] up, int offset, int count) {
        gate("gate_gelu", gate, up, offset, count);
    }

    private void gate(String name, float[] gate, float[] up, int offset, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gated = floats(arena, gate, offset, count);
            device.launch(name, (count + 255) / 256, 1, 1, 256, gated, floats(arena, up, offset, count), count);
            read(gated, gate, offset, count);
        }
    }

    /** One split: the whole tile. */
    @Override
    public void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry, float[] queries, int queryStride,
            int layerInGroup, int kvHead, float[] partials, int partialOffset) {
        if (fromEntry != 0 || toEntry != tile.plan().size() || toEntry > AttentionPlan.SPLIT) {
            throw new IllegalArgumentException("a tile of one split");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = attend(arena, shape, tile, queries, layerInGroup);
            int length = tile.tokens() * shape.queryHeads() * shape.partialLength();
            MemorySegment.copy(all, ValueLayout.JAVA_FLOAT, 4L * kvHead * length, partials, partialOffset, length);
        }
    }

    /** The partial results of all splits and KV heads. */
    MemorySegment attend(Arena arena, AttentionShape shape, AttentionTile tile, float[] queries, int layerInGroup) {
        int entries = tile.plan().size();
        int splits = tile.plan().splits();
        int rows = tile.tokens() * shape.queryHeads();
        int angles = BLOCK * shape.headDim() / 2;
        MemorySegment places = arena.allocate(16L * entries, 16);
        MemorySegment cosines = arena.allocate(ValueLayout.JAVA_FLOAT, (long) entries * angles);
        MemorySegment sines = arena.allocate(ValueLayout.JAVA_FLOAT, (long) entries * angles);
        for (int entry = 0; entry < entries; entry++) {
            BlockPayload payload = tile.payloads()[entry];
            int distance = tile.plan().distance(entry);
            places.set(ValueLayout.JAVA_LONG, 16L * entry, payload.bytes().address());
            places.set(ValueLayout.JAVA_INT, 16L * entry + 8, payload.layout().format().ordinal());
            places.set(ValueLayout.JAVA_INT, 16L * entry + 12, distance);
            MemorySegment.copy(tile.pages()[entry].cos(), 0, cosines, ValueLayout.JAVA_FLOAT, 4L * distance * angles, angles);
            MemorySegment.copy(tile.pages()[entry].sin(), 0, sines, ValueLayout.JAVA_FLOAT, 4L * distance * angles, angles);
        }
        int[] tasks = new int[2 * splits];
        for (int split = 0; split < splits; split++) {
            tasks[2 * split + 1] = splits - 1 - split; // any order
        }
        MemorySegment partials =
                arena.allocate(ValueLayout.JAVA_FLOAT, (long) splits * KV_HEADS * rows * shape.partialLength());
        device.launch("attend", splits, KV_HEADS, (rows + 3) / 4, 256, shape(shape, layerInGroup), tiles(arena, tile),
                ints(arena, tasks), places, floats(arena, queries), cosines, sines, partials);
        return partials;
    }

    /** Joins what {@link #attend} left. */
    void merge(Arena arena, AttentionShape shape, AttentionTile tile, MemorySegment partials, MemorySegment attended) {
        device.launch("merge_splits", 1, KV_HEADS, tile.tokens() * shape.queryHeads(), 256,
                shape(shape, 0), tiles(arena, tile), partials, attended);
    }

    private static MemorySegment tiles(Arena arena, AttentionTile tile) {
        return ints(arena, tile.row(), tile.tokens(), tile.offset(), 0, tile.plan().size(), 0, 0);
    }

    private static byte[] shape(AttentionShape shape, int layerInGroup) {
        return ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(shape.headDim()).putInt(KV_HEADS * shape.queryHeads()).putInt(KV_HEADS)
                .putInt(shape.window()).putInt(layerInGroup).putFloat(shape.scale()).putFloat(shape.softcap()).array();
    }

    @Override
    public void scoreSummaries(
            MemorySegment chunk, long offset, int headDim, float[] queries, int from, int rows,
            float[] scores, int place, int stride) {
        throw missing();
    }

    @Override
    public void scoreKeys(
            AttentionShape shape, BlockPayload payload, int layerInGroup, int kvHead, float[] queries, ScoredRows rows,
            float[] maxima, float[] sums) {
        throw missing();
    }

    @Override
    public void worth(
            float[] maxima, int from, int stride, float[] sums, int fromSum, int heads, int length, float[] worth) {
        throw missing();
    }

    private static UnsupportedOperationException missing() {
        return new UnsupportedOperationException("there is no such CUDA kernel yet");
    }
}
