package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.oracle.Devices;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models of shapes that fill no thread block, on a device. */
class DeviceShapesTest {
    private static final int MODELS = 6;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void logitsHaveTheBitsOfTheCpu(Architecture architecture) throws IOException {
        Devices.assumeOne();
        for (int seed = 0; seed < MODELS; seed++) {
            Random random = new Random(seed);
            Path path = directory.resolve(architecture + "-" + seed + ".gguf");
            Files.write(path, AnyShapeTest.draft(architecture, random).bytes());
            int length = random.nextInt(1, 140);
            assertThat(logits(path, Backend.CUDA, length, seed))
                    .as("%s, seed %d", architecture, seed)
                    .isEqualTo(logits(path, Backend.VECTOR, length, seed));
        }
    }

    private static List<List<Float>> logits(Path path, Backend backend, int length, long seed) {
        try (LanguageModel model = LanguageModel.open(path, new RuntimeOptions(backend, 1));
                ForwardPass pass = model.newForwardPass();
                SessionInMemory session = new SessionInMemory(model.kvLayout(KvFormat.F32))) {
            int[] ids = new Random(seed).ints(length, 0, model.spec().vocabularySize()).toArray();
            List<List<Float>> all = new ArrayList<>();
            pass.run(List.of(session.next(ids, 0, (_, logits) -> {
                List<Float> row = new ArrayList<>();
                for (float logit : logits) {
                    row.add(logit);
                }
                all.add(row);
            })));
            return all;
        }
    }

    @Test
    void longerHeadsThanTheKernelsTakeAreRefused() throws IOException {
        Path path = directory.resolve("long-heads.gguf");
        Files.write(path, AnyShapeTest.draft(Architecture.LLAMA, new Random(1), 272).bytes());
        assertThatThrownBy(() -> LanguageModel.open(path, new RuntimeOptions(Backend.CUDA, 1), () -> {
                    throw new AssertionError("no device is opened");
                }))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("heads have 272 numbers");
    }
}
