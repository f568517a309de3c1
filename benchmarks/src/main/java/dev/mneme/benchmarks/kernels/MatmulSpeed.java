package dev.mneme.benchmarks.kernels;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kernel.Kernels;
import dev.mneme.runtime.kernel.VectorKernelProvider;
import dev.mneme.runtime.kernel.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
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

/** A product with a matrix of each type, small enough for the second-level cache, packed where the type has such a form. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatmulSpeed {
    /** Rows of the matrix. */
    private static final int ROWS = 256;
    /** Numbers in a row: one or more blocks of every type. */
    private static final int COLUMNS = 1536;
    private static final int HALF_OF_A_TENTH = 0x2a66;

    /** How the matrix is stored. */
    @Param
    public TensorType type = TensorType.Q4_1;

    /** How many tokens are multiplied. */
    @Param({"1", "8", "512"})
    public int tokens = 1;

    private final Arena arena = Arena.ofShared();
    private final Kernels kernels = VectorKernelProvider.create().newKernels();
    private final Random random = new Random(1);
    private WeightMatrix weights = matrix();
    private float[] input = new float[0];
    private float[] output = new float[0];
    private int inputs;

    /** Fills the matrix and the input. */
    @Setup
    public void fill() {
        weights = matrix();
        weights.pack(arena);
        input = new float[tokens * COLUMNS];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) random.nextGaussian();
        }
        output = new float[tokens * ROWS];
    }

    /** Gives the matrix back. */
    @TearDown
    public void close() {
        arena.close();
    }

    /** The product; the input counts as a new one each time. */
    @Benchmark
    public float multiply() {
        kernels.matmul(weights, 0, ROWS, input, tokens, ++inputs, output, ROWS, 0);
        return output[0];
    }

    /** Bytes that the matrix is read from. */
    static double bytes(TensorType type) {
        return ROWS * type.bytesFor(COLUMNS);
    }

    /** Additions and multiplications of a product. */
    static double flops(int tokens) {
        return 2.0 * ROWS * COLUMNS * tokens;
    }

    private WeightMatrix matrix() {
        byte[] bytes = new byte[Math.toIntExact(ROWS * type.bytesFor(COLUMNS))];
        random.nextBytes(bytes);
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        ValueLayout.OfShort shorts = ValueLayout.JAVA_SHORT_UNALIGNED;
        for (long block = 0; block < bytes.length; block += type.bytesPerBlock()) {
            switch (type) {
                case F32, BF16 -> data.set(shorts, block + type.bytesPerBlock() - 2, (short) 0x3f80);
                case F16, Q4_0, Q5_0, Q8_0 -> data.set(shorts, block, (short) HALF_OF_A_TENTH);
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    data.set(shorts, block, (short) HALF_OF_A_TENTH);
                    data.set(shorts, block + 2, (short) HALF_OF_A_TENTH);
                }
                case Q6_K -> data.set(shorts, block + 208, (short) HALF_OF_A_TENTH);
            }
        }
        return new WeightMatrix(new GgufTensor("benchmark", type, List.of((long) COLUMNS, (long) ROWS), data));
    }
}
