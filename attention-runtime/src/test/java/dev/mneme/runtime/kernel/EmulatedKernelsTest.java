package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.cuda.EmulatedDevice.floats;
import static dev.mneme.runtime.cuda.EmulatedDevice.ints;
import static dev.mneme.runtime.cuda.EmulatedDevice.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.Rotation;
import dev.mneme.runtime.attention.SplitMerge;
import dev.mneme.runtime.cuda.EmulatedDevice;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSealing;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvWriter;
import dev.mneme.runtime.kv.LayerGroup;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The CUDA kernels, emulated, give the scalar kernels' bits. */
class EmulatedKernelsTest {
    private static final int ROUNDS = 40;
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int KV_HEADS = EmulatedKernels.KV_HEADS;
    private static final float EPSILON = 1e-6f;

    private final EmulatedDevice device = EmulatedDevice.open();
    private final EmulatedKernels kernels = new EmulatedKernels(device);
    private final KernelParity parity = new KernelParity(kernels);
    private final ScalarKernels scalar = new ScalarKernels();
    private final Random random = new Random(1);

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void products(TensorType type) {
        for (int round = 0; round < ROUNDS; round++) {
            int columns = Math.max(16, type.valuesPerBlock()) * (1 + random.nextInt(4));
            parity.matmul(type, 1 + random.nextInt(150), columns, 1 + random.nextInt(20), random.nextLong());
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void embeddings(TensorType type) {
        try (Arena arena = Arena.ofConfined()) {
            int columns = 2 * Math.max(16, type.valuesPerBlock());
            GgufTensor table = KernelParity.weights(arena, type, 7, columns, random);
            MemorySegment residual = arena.allocate(ValueLayout.JAVA_FLOAT, 3L * columns);
            int[] tokens = {6, 0, 3};
            device.launch("embed_" + type, 3, 1, 1, 128, table.data(), columns, ints(arena, tokens), 1.7f, residual);
            float[] expected = new float[3 * columns];
            for (int row = 0; row < 3; row++) {
                table.row(tokens[row], expected, row * columns);
            }
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= 1.7f;
            }
            mustEqual(expected, residual);
        }
    }

    @ParameterizedTest
    @EnumSource(KvFormat.class)
    void attention(KvFormat format) {
        for (int round = 0; round < ROUNDS; round++) {
            parity.attend(format, 16 * (1 + random.nextInt(16)), 1 + random.nextInt(5), 1 + random.nextInt(8),
                    random.nextBoolean(), random.nextBoolean(), random.nextLong());
        }
    }

    @Test
    void normsAndGates() {
        for (int round = 0; round < ROUNDS; round++) {
            parity.elements(1 + random.nextInt(99), random.nextLong());
        }
    }

    @Test
    void softcaps() {
        try (Arena arena = Arena.ofConfined()) {
            float[] numbers = numbers(777);
            MemorySegment memory = floats(arena, numbers);
            device.launch("softcap", 4, 1, 1, 256, memory, 0.7f, numbers.length);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Numerics.softcap(numbers[i], 0.7f);
            }
            mustEqual(numbers, memory);
        }
    }

    @Test
    void rowsAreGathered() {
        try (Arena arena = Arena.ofConfined()) {
            float[] numbers = numbers(3 * 300);
            MemorySegment gathered = arena.allocate(ValueLayout.JAVA_FLOAT, 2 * 300);
            device.launch("gather_rows", 2, 1, 1, 256, floats(arena, numbers), 300, ints(arena, 2, 0), gathered);
            float[] expected = new float[600];
            System.arraycopy(numbers, 600, expected, 0, 300);
            System.arraycopy(numbers, 0, expected, 300, 300);
            mustEqual(expected, gathered);
        }
    }

    @Test
    void outputsJoinTheResidualStream() {
        for (int round = 0; round < ROUNDS; round++) {
            int length = 16 * (1 + random.nextInt(70));
            join(3, length, random.nextBoolean() ? numbers(length) : null);
        }
    }

    private void join(int rows, int length, float @Nullable [] postNorm) {
        float[] delta = numbers(rows * length);
        float[] residual = numbers(rows * length);
        float[] norm = numbers(length);
        float[] normed = new float[rows * length];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = floats(arena, residual);
            MemorySegment next = arena.allocate(ValueLayout.JAVA_FLOAT, normed.length);
            device.launch("join_rows", rows, 1, 1, 256, floats(arena, delta), optional(arena, postNorm), sums, length,
                    floats(arena, norm), EPSILON, next);
            for (int from = 0; from < delta.length; from += length) {
                if (postNorm != null) {
                    scalar.rmsNorm(delta, from, length, postNorm, EPSILON, delta, from);
                }
                for (int i = from; i < from + length; i++) {
                    residual[i] += delta[i];
                }
                scalar.rmsNorm(residual, from, length, norm, EPSILON, normed, from);
            }
            mustEqual(residual, sums);
            mustEqual(normed, next);
        }
    }

    @Test
    void headsArePreparedAndBlocksWritten() {
        for (int round = 0; round < ROUNDS; round++) {
            int headDim = 16 * (1 + random.nextInt(16));
            heads(headDim, 1 + random.nextInt(3), random.nextBoolean(), random.nextBoolean(), random.nextBoolean(),
                    random.nextBoolean() ? KvFormat.F32 : KvFormat.F16);
        }
    }

    /** One row. */
    private void heads(int headDim, int queryHeads, boolean adjacent, boolean normed, boolean biased, KvFormat format) {
        int heads = KV_HEADS * queryHeads;
        float[] queries = numbers(heads * headDim);
        float[] keys = numbers(KV_HEADS * headDim);
        float[] values = numbers(KV_HEADS * headDim);
        float[] queryBias = biased ? numbers(queries.length) : new float[0];
        float[] keyBias = biased ? numbers(keys.length) : new float[0];
        float[] valueBias = biased ? numbers(values.length) : new float[0];
        float @Nullable [] queryNorm = normed ? numbers(headDim) : null;
        float @Nullable [] keyNorm = normed ? numbers(headDim) : null;
        RopePage page = page(headDim);
        int offset = random.nextInt(BLOCK);
        KvLayout layout = layout(format, headDim);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment prepared = floats(arena, queries);
            MemorySegment block = arena.allocate(layout.groupBytes(0), 64);
            MemorySegment place = arena.allocate(16, 16);
            place.set(ValueLayout.JAVA_LONG, 0, block.address());
            place.set(ValueLayout.JAVA_INT, 8, format.ordinal());
            place.set(ValueLayout.JAVA_INT, 12, offset);
            device.launch("prepare_heads", 1, heads + 2 * KV_HEADS, 1, (headDim + 31) / 32 * 32,
                    prepared, floats(arena, keys), floats(arena, values), optional(arena, biased ? queryBias : null),
                    optional(arena, biased ? keyBias : null), optional(arena, biased ? valueBias : null),
                    optional(arena, queryNorm), optional(arena, keyNorm), EPSILON, adjacent ? 1 : 0, heads, KV_HEADS, headDim,
                    floats(arena, page.cos()), floats(arena, page.sin()), place, 1);
            prepare(queries, queryBias, queryNorm, headDim, adjacent);
            prepare(keys, keyBias, keyNorm, headDim, adjacent);
            prepare(values, valueBias, null, headDim, false);
            MemorySegment expected = arena.allocate(layout.groupBytes(0), 64);
            KvWriter writer = new KvWriter(format);
            for (int head = 0; head < KV_HEADS; head++) {
                int at = head * headDim;
                Rotation.rotate(keys, at, headDim, page, offset, keys, at);
                writer.writeKey(keys, at, headDim, expected, layout.keyOffset(1, head), offset);
                writer.writeValue(values, at, headDim, expected, layout.valueOffset(1, head), offset);
            }
            mustEqual(queries, prepared);
            assertThat(expected.mismatch(block)).as("first differing byte").isNegative();
        }
    }

    private void prepare(float[] heads, float[] bias, float @Nullable [] norm, int headDim, boolean adjacent) {
        for (int i = 0; i < bias.length; i++) {
            heads[i] += bias[i];
        }
        for (int at = 0; at < heads.length; at += headDim) {
            if (norm != null) {
                scalar.rmsNorm(heads, at, headDim, norm, EPSILON, heads, at);
            }
            if (adjacent) {
                Rotation.fromAdjacent(heads, at, headDim, new float[headDim]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"I8", "K8V4"})
    void blocksAreSealed(KvFormat format) {
        for (int round = 0; round < ROUNDS; round++) {
            int headDim = 16 * (1 + random.nextInt(16));
            KvLayout layout = layout(format, headDim);
            try (Arena arena = Arena.ofConfined()) {
                BlockPayload written = halves(arena, headDim, round % 4 == 0);
                MemorySegment expected = arena.allocate(layout.groupBytes(0), 64);
                MemorySegment sealed = arena.allocate(layout.groupBytes(0), 64);
                for (int head = 0; head < KV_HEADS; head++) {
                    new BlockSealing().seal(written, new BlockPayload(layout, expected), 1, head);
                }
                device.launch("seal_block", 1, KV_HEADS, 1, 256,
                        arena.allocateFrom(ValueLayout.JAVA_LONG, written.bytes().address()),
                        arena.allocateFrom(ValueLayout.JAVA_LONG, sealed.address()),
                        format.ordinal(), headDim, KV_HEADS, 1);
                assertThat(expected.mismatch(sealed)).as("first differing byte, heads of %d", headDim).isNegative();
            }
        }
    }

    @Test
    void splitsAreMerged() {
        for (int round = 0; round < ROUNDS; round++) {
            merge(16 * (1 + random.nextInt(16)), 1 + random.nextInt(4), 1 + random.nextInt(20), 1 + random.nextInt(3));
        }
    }

    private void merge(int headDim, int queryHeads, int entries, int tokens) {
        AttentionShape shape = new AttentionShape(headDim, queryHeads, 0.11f, 0, 0);
        int stride = KV_HEADS * queryHeads * headDim;
        float[] queries = numbers((1 + tokens) * stride);
        float[] expected = new float[queries.length];
        try (Arena arena = Arena.ofConfined()) {
            BlockPayload[] payloads = new BlockPayload[entries];
            RopePage[] pages = new RopePage[entries];
            for (int entry = 0; entry < entries; entry++) {
                payloads[entry] = halves(arena, headDim, false);
                pages[entry] = page(headDim);
            }
            AttentionTile tile =
                    new AttentionTile(1, tokens, 5, AttentionPlan.dense(0, entries - 1), payloads, pages);
            for (int head = 0; head < KV_HEADS; head++) {
                attendAndMerge(shape, tile, queries, stride, head, expected);
            }
            MemorySegment attended = arena.allocate(ValueLayout.JAVA_FLOAT, expected.length);
            kernels.merge(arena, shape, tile, kernels.attend(arena, shape, tile, queries, 0), attended);
            mustEqual(expected, attended);
        }
    }

    private void attendAndMerge(
            AttentionShape shape, AttentionTile tile, float[] queries, int stride, int kvHead, float[] attended) {
        int rows = tile.tokens() * shape.queryHeads();
        float[] partials = new float[rows * shape.partialLength()];
        SplitMerge merge = new SplitMerge(shape.headDim(), rows);
        for (int split = 0; split < tile.plan().splits(); split++) {
            int from = split * AttentionPlan.SPLIT;
            int to = Math.min(tile.plan().size(), from + AttentionPlan.SPLIT);
            scalar.attend(shape, tile, from, to, queries, stride, 0, kvHead, partials, 0);
            for (int row = 0; row < rows; row++) {
                int at = (tile.row() + row / shape.queryHeads()) * stride
                        + (kvHead * shape.queryHeads() + row % shape.queryHeads()) * shape.headDim();
                if (split == 0) {
                    merge.first(row, partials, row * shape.partialLength(), attended, at);
                } else {
                    merge.next(row, partials, row * shape.partialLength(), attended, at);
                }
                if (to == tile.plan().size()) {
                    merge.finish(row, attended, at);
                }
            }
        }
    }

    private BlockPayload halves(Arena arena, int headDim, boolean someZeros) {
        KvLayout layout = layout(KvFormat.F16, headDim);
        MemorySegment bytes = arena.allocate(layout.groupBytes(0), 64);
        for (long i = 0; i < bytes.byteSize(); i += 2) {
            float number = someZeros && i % 256 < 128 ? 0 : (float) random.nextGaussian();
            bytes.set(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(number));
        }
        return new BlockPayload(layout, bytes);
    }

    private RopePage page(int headDim) {
        return new RopePage(numbers(BLOCK * headDim / 2), numbers(BLOCK * headDim / 2));
    }

    private static KvLayout layout(KvFormat format, int headDim) {
        return new KvLayout(format, KV_HEADS, headDim, List.of(new LayerGroup(0, 0, List.of(0, 1))));
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static MemorySegment optional(Arena arena, float @Nullable [] numbers) {
        return numbers == null ? MemorySegment.NULL : floats(arena, numbers);
    }

    private static void mustEqual(float[] expected, MemorySegment actual) {
        float[] read = new float[expected.length];
        read(actual, read, 0, read.length);
        assertThat(read).containsExactly(expected);
    }
}
