package dev.mneme.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kv.KvFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector kernels give the scalar kernels' bits. */
class VectorKernelsTest {
    private final KernelParity parity = new KernelParity();

    @BeforeContainer
    static void prefetch() {
        Prefetch.make();
    }

    @Property(tries = 200)
    void productsHaveTheScalarBits(
            @ForAll TensorType type, @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 5) int blocks, @ForAll @IntRange(min = 1, max = 10) int tokens,
            @ForAll long seed) {
        parity.matmul(type, rows, blocks * Math.max(16, type.valuesPerBlock()), tokens, seed);
    }

    /** More rows and tokens than any panel or packed input holds. */
    @Property(tries = 20)
    void productsOfManyTokensHaveTheScalarBits(
            @ForAll TensorType type, @ForAll @IntRange(min = 30, max = 80) int rows,
            @ForAll @IntRange(min = 1, max = 8) int quarterThousands,
            @ForAll @IntRange(min = 25, max = 150) int tokens, @ForAll long seed) {
        parity.matmul(type, rows, 256 * quarterThousands, tokens, seed);
    }

    @Property(tries = 200)
    void attentionHasTheScalarBits(
            @ForAll KvFormat format, @ForAll @IntRange(min = 1, max = 8) int sixteens,
            @ForAll @IntRange(min = 1, max = 5) int queryHeads, @ForAll @IntRange(min = 1, max = 8) int entries,
            @ForAll boolean windowed, @ForAll boolean softcap, @ForAll long seed) {
        parity.attend(format, 16 * sixteens, queryHeads, entries, windowed, softcap, seed);
    }

    @Property(tries = 200)
    void attentionToHalfFloatsHasTheScalarBitsWithAnInfinityOrGreatQueries(
            @ForAll @IntRange(min = 1, max = 4) int queryHeads, @ForAll boolean infinity,
            @ForAll @IntRange(min = -40, max = 40) int queryExponent, @ForAll long seed) {
        parity.attendExtremes(queryHeads, infinity, queryExponent, seed);
    }

    @Property(tries = 100)
    void scoresBySummaryHaveTheScalarBits(
            @ForAll KvFormat format, @ForAll @IntRange(min = 1, max = 9) int sixteens,
            @ForAll @IntRange(min = 1, max = 9) int heads, @ForAll @IntRange(min = 1, max = 12) int blocks,
            @ForAll long seed) {
        parity.summaries(format, 16 * sixteens, heads, blocks, seed);
    }

    /** Of the query heads of one token, of a few, and of more than are multiplied together. */
    @Property(tries = 100)
    void scoresByKeysHaveTheScalarBits(
            @ForAll KvFormat format, @ForAll @IntRange(min = 1, max = 9) int sixteens,
            @ForAll @IntRange(min = 1, max = 100) int rows, @ForAll long seed) {
        parity.keys(format, 16 * sixteens, rows, seed);
    }

    @Property(tries = 200)
    void worthOfBlocksHasTheScalarBits(
            @ForAll @IntRange(min = 1, max = 5) int heads, @ForAll @IntRange(min = 1, max = 300) int length,
            @ForAll long seed) {
        parity.worth(heads, length, seed);
    }

    @Property(tries = 100)
    void elementwiseFunctionsHaveTheScalarBits(
            @ForAll @IntRange(min = 1, max = 200) int length, @ForAll long seed) {
        parity.elements(length, seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "-Dmneme.vector.bits=128", "-Dmneme.vector.bits=256", "-XX:UseAVX=2", "-Dmneme.vector.bits=512"
    })
    void otherWidthsHaveTheScalarBits(String option) throws Exception {
        Outcome outcome = fork("--add-modules", "jdk.incubator.vector", option, KernelParity.class.getName(), "8");
        assertThat(outcome.output()).contains("0 differing bits, vector-");
        assertThat(outcome.exit()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = TensorType.class, names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
    void codesOfFourToEightBitsArePackedUnlessAScaleIsInfinite(TensorType type) {
        try (Arena arena = Arena.ofConfined()) {
            GgufTensor tensor = KernelParity.weights(arena, type, 9, 2 * type.valuesPerBlock(), new Random(1));
            WeightMatrix matrix = new WeightMatrix(tensor);
            matrix.pack(arena);
            assertThat(matrix.packed() != null).isEqualTo(Lanes.COUNT >= 8);
            long lastScale = tensor.data().byteSize() - type.bytesPerBlock() + (type == TensorType.Q6_K ? 208 : 0);
            tensor.data().set(Lanes.SHORT, lastScale, Float.floatToFloat16(Float.POSITIVE_INFINITY));
            matrix.pack(arena);
            assertThat(matrix.packed()).isNull();
        }
    }

    @Test
    void aMissingModuleIsNamed() throws Exception {
        Outcome outcome = fork(KernelParity.class.getName(), "1");
        assertThat(outcome.output())
                .contains("BackendUnavailableException", "--add-modules jdk.incubator.vector", "scalar backend");
        assertThat(outcome.exit()).isNotZero();
    }

    @Test
    void anUnknownWidthIsRefused() throws Exception {
        Outcome outcome =
                fork("--add-modules", "jdk.incubator.vector", "-Dmneme.vector.bits=wide",
                        KernelParity.class.getName(), "1");
        assertThat(outcome.output()).contains("mneme.vector.bits is \"wide\"", "128, 256 or 512");
        assertThat(outcome.exit()).isNotZero();
    }

    private static Outcome fork(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private record Outcome(int exit, String output) {}
}
