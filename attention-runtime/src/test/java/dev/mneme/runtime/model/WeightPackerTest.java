package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kernel.WeightMatrix;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packing keeps to its memory, and ends when it is told to. */
class WeightPackerTest {

    @Test
    void asManyMatricesAsTheMemoryHoldsArePackedInOrder() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            List<WeightMatrix> matrices = Stream.generate(() -> matrix(arena, 16)).limit(3).toList();
            try (WeightPacker packer = new WeightPacker(matrices, 2 * matrices.getFirst().packedBytes())) {
                packer.await();
                assertThat(matrices).extracting(WeightMatrix::isPacked).containsExactly(true, true, false);
            }
        }
    }

    @Test
    void closingDoesNotWaitForAllMatrices() {
        try (Arena arena = Arena.ofShared()) {
            WeightMatrix large = matrix(arena, 20_000);
            List<WeightMatrix> matrices = Stream.generate(() -> large).limit(10_000).toList();
            WeightPacker packer = new WeightPacker(matrices, Long.MAX_VALUE);
            packer.close();
            packer.close();
        }
    }

    private static WeightMatrix matrix(Arena arena, int rows) {
        long bytes = rows * TensorType.Q4_1.bytesFor(64);
        return new WeightMatrix(new GgufTensor("m", TensorType.Q4_1, List.of(64L, (long) rows), arena.allocate(bytes)));
    }
}
