package dev.mneme.runtime.kernel;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Runs one random case on the scalar and on the vector kernels and says where they differ in a bit.
 * As a program it runs many: tests fork it with other vector widths, which one process cannot mix.
 */
final class KernelParity {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 64;

    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector;
    private int versions;

    KernelParity() {
        this(VectorKernelProvider.create().newKernels());
    }

    /** Compares other kernels with the scalar ones. */
    KernelParity(Kernels others) {
        this.vector = others;
    }

    /** Arguments: how many rounds, each with all tensor types and KV formats and one large product. */
    public static void main(String[] args) {
        KernelParity parity = new KernelParity();
        for (int round = 0; round < Integer.parseInt(args[0]); round++) {
            Random random = new Random(round);
            for (TensorType type : TensorType.values()) {
                int rows = 1 + random.nextInt(19);
                int columns = Math.max(16, type.valuesPerBlock()) * (1 + random.nextInt(4));
                parity.matmul(type, rows, columns, 1 + random.nextInt(9), random.nextLong());
            }
            for (KvFormat format : KvFormat.values()) {
                parity.attend(format, random.nextBoolean() ? 64 : 16 * (1 + random.nextInt(9)), 1 + random.nextInt(5), 1 + random.nextInt(6),
                        random.nextBoolean(), random.nextBoolean(), random.nextLong());
            }
            parity.attendExtremes(1 + random.nextInt(3), random.nextBoolean(), random.nextInt(40) - 10, random.nextLong());
            parity.matmul(TensorType.Q4_1, 90, 2048, 33 + random.nextInt(20), random.nextLong());
            for (KvFormat format : KvFormat.values()) {
                parity.summaries(format, 16 * (1 + random.nextInt(9)), 1 + random.nextInt(6), 1 + random.nextInt(11), random.nextLong());
                parity.keys(format, 16 * (1 + random.nextInt(9)), 1 + random.nextInt(70), random.nextLong());
            }
            parity.worth(1 + random.nextInt(5), 1 + random.nextInt(300), random.nextLong());
            parity.elements(1 + random.nextInt(99), random.nextLong());
        }
        System.out.println("0 differing bits, " + VectorKernelProvider.create().name());
    }

    void matmul(TensorType type, int rows, int columns, int tokens, long seed) {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofShared()) {
            WeightMatrix weights = new WeightMatrix(weights(arena, type, rows, columns, random));
            float[] input = numbers(random, tokens * columns);
            int from = random.nextInt(rows);
            int to = from + 1 + random.nextInt(rows - from);
            int stride = rows + random.nextInt(3);
            float[] expected = new float[tokens * stride + 5];
            float[] actual = new float[expected.length];
            scalar.matmul(weights, from, to, input, tokens, ++versions, expected, stride, 2);
            vector.matmul(weights, from, to, input, tokens, versions, actual, stride, 2);
            String what = type + " " + rows + "x" + columns + " for " + tokens + " tokens";
            requireEqual(expected, actual, what);
            input[random.nextInt(input.length)] = number(random); // the same array with other numbers
            weights.pack(arena);
            int group = from / PackedWeights.GROUP * PackedWeights.GROUP; // where packed rows can be begun with
            scalar.matmul(weights, group, to, input, tokens, ++versions, expected, stride, 2);
            vector.matmul(weights, group, to, input, tokens, versions, actual, stride, 2);
            requireEqual(expected, actual, what + ", packed: " + (weights.packed() != null));
        }
    }

    void elements(int length, long seed) {
        Random random = new Random(seed);
        float[] up = numbers(random, length + 3);
        float[] gate = new float[length + 3];
        for (int i = 0; i < gate.length; i++) {
            gate[i] = (float) random.nextGaussian() * (random.nextInt(4) == 0 ? 200 : 4);
        }
        float[] expected = gate.clone();
        float[] actual = gate.clone();
        scalar.siluMultiply(expected, up, 3, length);
        vector.siluMultiply(actual, up, 3, length);
        requireEqual(expected, actual, "silu of " + length);
        expected = gate.clone();
        actual = gate.clone();
        scalar.geluMultiply(expected, up, 2, length);
        vector.geluMultiply(actual, up, 2, length);
        requireEqual(expected, actual, "gelu of " + length);
        int normed = length * 16;
        float[] weight = numbers(random, normed);
        float[] input = numbers(random, normed + 7);
        expected = new float[normed + 7];
        actual = input;
        scalar.rmsNorm(input, 5, normed, weight, 1e-5f, expected, 5);
        System.arraycopy(input, 0, expected, 0, 5);
        System.arraycopy(input, normed + 5, expected, normed + 5, 2);
        vector.rmsNorm(input, 5, normed, weight, 1e-5f, actual, 5);
        requireEqual(expected, actual, "norm of " + normed);
    }

    void attend(
            KvFormat format, int headDim, int queryHeads, int entries, boolean windowed, boolean softcap, long seed) {
        Random random = new Random(seed);
        int offset = random.nextInt(BLOCK);
        int tokens = random.nextBoolean() ? 1 : 1 + random.nextInt(BLOCK - offset); // one: a session that decodes
        // Every query must see a key of each entry: the window reaches into the first one for the last query.
        int reach = BLOCK * (entries - 1) + offset + tokens - 1 - (BLOCK - 1) + 1;
        int window = windowed ? Math.max(1, reach) + random.nextInt(BLOCK) : 0;
        AttentionShape shape =
                new AttentionShape(headDim, queryHeads, 0.125f, softcap ? 30 : 0, window);
        try (Arena arena = Arena.ofShared()) {
            BlockPayload[] payloads = new BlockPayload[entries];
            RopePage[] pages = new RopePage[entries];
            KvLayout layout = layout(format, headDim);
            for (int e = 0; e < entries; e++) {
                payloads[e] = payload(arena, e == entries - 1 ? layout.written() : layout, random);
                pages[e] = new RopePage(numbers(random, BLOCK * headDim / 2), numbers(random, BLOCK * headDim / 2));
            }
            AttentionTile tile =
                    new AttentionTile(1, tokens, offset, AttentionPlan.dense(0, entries - 1), payloads, pages);
            int stride = 2 * queryHeads * headDim;
            float[] queries = numbers(random, (tokens + 1) * stride);
            float[] expected = new float[tokens * queryHeads * shape.partialLength() + 4];
            float[] actual = numbers(random, expected.length); // must not matter
            System.arraycopy(actual, 0, expected, 0, 3);
            expected[expected.length - 1] = actual[expected.length - 1];
            scalar.attend(shape, tile, 0, entries, queries, stride, 1, 1, expected, 3);
            vector.attend(shape, tile, 0, entries, queries, stride, 1, 1, actual, 3);
            requireEqual(expected, actual, format + ", " + shape + ", " + entries + " entries, " + tokens + " tokens from " + offset);
        }
    }

    /** A key with an infinity, which all queries meet with a score of negative infinity, or queries too great to be raised. */
    void attendExtremes(int queryHeads, boolean infinity, int queryExponent, long seed) {
        Random random = new Random(seed);
        AttentionShape shape = new AttentionShape(64, queryHeads, 1, 0, 0);
        KvLayout layout = layout(KvFormat.F16, 64);
        RopePage unmoved = new RopePage(new float[BLOCK * 32], new float[BLOCK * 32]);
        Arrays.fill(unmoved.cos(), 1);
        try (Arena arena = Arena.ofShared()) {
            BlockPayload[] payloads = {payload(arena, layout, random), payload(arena, layout, random)};
            if (infinity) {
                long place = layout.keyOffset(1, 1) + 2L * random.nextInt(BLOCK * 64);
                payloads[random.nextInt(2)].bytes().set(SHORT, place, Float.floatToFloat16(Float.NEGATIVE_INFINITY));
            }
            AttentionTile tile = new AttentionTile(
                    0, 1, BLOCK - 1, AttentionPlan.dense(0, 1), payloads, new RopePage[] {unmoved, unmoved});
            float[] queries = new float[2 * queryHeads * 64];
            for (int i = 0; i < queries.length; i++) {
                queries[i] = Math.scalb(random.nextFloat() + 0.1f, queryExponent);
            }
            float[] expected = new float[queryHeads * shape.partialLength()];
            float[] actual = new float[expected.length];
            scalar.attend(shape, tile, 0, 2, queries, queries.length, 1, 1, expected, 0);
            vector.attend(shape, tile, 0, 2, queries, queries.length, 1, 1, actual, 0);
            requireEqual(expected, actual, "infinity: " + infinity + ", queries times 2^" + queryExponent);
        }
    }

    void summaries(KvFormat format, int headDim, int heads, int blocks, long seed) {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofShared()) {
            KvLayout layout = layout(format, headDim);
            MemorySegment summaries = arena.allocate(BlockSummary.chunkBytes(headDim) + 64, 64);
            float[] queries = numbers(random, heads * headDim + 3);
            for (int b = 0; b < blocks; b++) {
                BlockPayload payload = payload(arena, layout, random);
                BlockSummary.write(payload, layout.keyOffset(1, 0), new float[2 * headDim], summaries, 64, 63 - b);
            }
            float[] expected = new float[heads * (KvLayout.BLOCK + 1) + 1];
            float[] actual = expected.clone();
            scalar.scoreSummaries(summaries, 64, headDim, queries, 3, heads, expected, 1, KvLayout.BLOCK + 1);
            vector.scoreSummaries(summaries, 64, headDim, queries, 3, heads, actual, 1, KvLayout.BLOCK + 1);
            requireEqual(expected, actual, format + ", " + heads + " heads, " + blocks + " blocks: scores by summary");
        }
    }

    /** Rows that lie anywhere among the queries, some of them more than once, with results in any order. */
    void keys(KvFormat format, int headDim, int rows, long seed) {
        Random random = new Random(seed);
        AttentionShape shape = new AttentionShape(headDim, 3, 1, random.nextBoolean() ? 30 : 0, 0);
        try (Arena arena = Arena.ofShared()) {
            KvLayout layout = layout(format, headDim);
            float[] queries = numbers(random, rows * headDim + 3);
            int[] results = random.ints(0, 2 * rows + 1).distinct().limit(rows).toArray();
            float[][] expected = new float[2][2 * rows + 1];
            float[][] actual = new float[2][2 * rows + 1];
            ScoredRows scored = new ScoredRows();
            for (int result : results) {
                scored.add(random.nextInt(rows) * headDim + 3, result);
            }
            BlockPayload payload = payload(arena, layout, random);
            scalar.scoreKeys(shape, payload, 1, 1, queries, scored, expected[0], expected[1]);
            vector.scoreKeys(shape, payload, 1, 1, queries, scored, actual[0], actual[1]);
            String what = format + ", " + shape + ", " + rows + " rows: ";
            requireEqual(expected[0], actual[0], what + "maxima by keys");
            requireEqual(expected[1], actual[1], what + "sums by keys");
        }
    }

    void worth(int heads, int length, long seed) {
        Random random = new Random(seed);
        int stride = length + random.nextInt(9);
        int from = random.nextInt(4);
        float spread = 1 << random.nextInt(8);
        int fromSum = random.nextInt(4);
        float[][] expected = {new float[from + heads * stride], new float[fromSum + heads * length]};
        for (int i = 0; i < expected[0].length; i++) {
            expected[0][i] = (float) random.nextGaussian() * spread;
        }
        for (int i = 0; i < expected[1].length; i++) {
            expected[1][i] = 1 + random.nextInt(64) * random.nextFloat();
        }
        float[] maxima = expected[0].clone();
        float[] expectedWorth = new float[length];
        float[] actualWorth = new float[length];
        scalar.worth(expected[0], from, stride, expected[1], fromSum, heads, length, expectedWorth);
        vector.worth(maxima, from, stride, expected[1], fromSum, heads, length, actualWorth);
        String what = heads + " heads, " + length + " blocks: ";
        requireEqual(expected[0], maxima, what + "weights");
        requireEqual(expectedWorth, actualWorth, what + "worth");
    }

    /** Random bytes as weights, with scales that are finite but may be zero, subnormal, negative or large. */
    static GgufTensor weights(Arena arena, TensorType type, int rows, int columns, RandomGenerator random) {
        long bytes = rows * type.bytesFor(columns);
        MemorySegment data = arena.allocate(bytes, 64).asSlice(0, bytes);
        for (long i = 0; i < bytes; i++) {
            data.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        for (long block = 0; block < bytes; block += type.bytesPerBlock()) {
            switch (type) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, block, number(random));
                case F16 -> data.set(SHORT, block, finiteHalf(random));
                case BF16 -> data.set(SHORT, block, (short) (Float.floatToRawIntBits(number(random)) >>> 16));
                case Q4_0, Q5_0, Q8_0 -> data.set(SHORT, block, finiteHalf(random));
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    data.set(SHORT, block, finiteHalf(random));
                    data.set(SHORT, block + 2, finiteHalf(random));
                }
                case Q6_K -> data.set(SHORT, block + 208, finiteHalf(random));
            }
        }
        return new GgufTensor("random", type, List.of((long) columns, (long) rows), data);
    }

    /** Two layers of two KV heads. */
    private static KvLayout layout(KvFormat format, int headDim) {
        return new KvLayout(format, 2, headDim, List.of(new LayerGroup(0, 0, List.of(0, 1))));
    }

    /** Random numbers; in a quantized block random codes, with scales and minima that are finite. */
    private static BlockPayload payload(Arena arena, KvLayout layout, RandomGenerator random) {
        MemorySegment bytes = arena.allocate(layout.groupBytes(0), 64);
        if (layout.format() == KvFormat.F32) {
            for (long i = 0; i < bytes.byteSize(); i += 4) {
                bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i, number(random));
            }
            return new BlockPayload(layout, bytes);
        }
        for (long i = 0; i < bytes.byteSize(); i += 2) {
            bytes.set(SHORT, i, random.nextInt(8) == 0
                    ? finiteHalf(random) : Float.floatToFloat16((float) random.nextGaussian()));
        }
        if (layout.format().isQuantized()) {
            for (int head = 0; head < 4; head++) {
                codes(bytes, layout.keyOffset(head / 2, head % 2), layout.keyScales(), random);
                codes(bytes, layout.valueOffset(head / 2, head % 2), layout.valueScales(), random);
            }
        }
        return new BlockPayload(layout, bytes);
    }

    private static void codes(MemorySegment bytes, long from, long count, RandomGenerator random) {
        for (long i = from; i < from + count; i++) {
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
    }

    private static float[] numbers(RandomGenerator random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = number(random);
        }
        return numbers;
    }

    private static float number(RandomGenerator random) {
        return switch (random.nextInt(32)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2 -> Float.MIN_VALUE * random.nextInt(1000);
            case 3 -> (float) random.nextGaussian() * 1e-20f;
            case 4 -> (float) random.nextGaussian() * 1e4f;
            default -> (float) random.nextGaussian();
        };
    }

    private static short finiteHalf(RandomGenerator random) {
        short half = (short) random.nextInt();
        return Float.isFinite(Float.float16ToFloat(half)) ? half : 1;
    }

    private static void requireEqual(float[] expected, float[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                throw new AssertionError(String.format("%s: number %d is %s (%08x) instead of %s (%08x)", what, i,
                        actual[i], Float.floatToRawIntBits(actual[i]),
                        expected[i], Float.floatToRawIntBits(expected[i])));
            }
        }
    }
}
