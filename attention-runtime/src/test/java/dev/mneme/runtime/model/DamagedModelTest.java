package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.gguf.GgufException;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.SessionInMemory;
import dev.mneme.runtime.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A damaged model file is refused with a typed error, or computes what it now says: no crash, no hang. */
class DamagedModelTest {
    private static final List<String> MODELS = List.of("llama31", "qwen2", "qwen3", "gemma3", "type-q5_k", "type-q4_1");

    /** In a tiny model: the model's own keys, then the tokenizer, then the tensors' names and shapes, then numbers. */
    private static final int TOKENIZER_FROM = 500;
    private static final int TENSORS_FROM = 10_900;
    private static final int NUMBERS_FROM = 13_000;
    private static final int TOKENS = 70;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @Property(tries = 150)
    void flippedBytesGiveATypedErrorOrLogits(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = Files.readAllBytes(OracleFiles.tinyModel(MODELS.get(random.nextInt(MODELS.size()))));
        for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
            bytes[place(random, bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Path file = Files.createTempFile("damaged", ".gguf");
        try {
            Files.write(file, bytes);
            long start = System.nanoTime();
            use(file);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        } finally {
            Files.delete(file);
        }
    }

    private static int place(Random random, int length) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(TOKENIZER_FROM);
            case 1 -> random.nextInt(TOKENIZER_FROM, TENSORS_FROM);
            case 2 -> random.nextInt(TENSORS_FROM, NUMBERS_FROM);
            default -> random.nextInt(length);
        };
    }

    private static void use(Path file) {
        try (LanguageModel model = LanguageModel.open(file, new RuntimeOptions(Backend.VECTOR, 1))) {
            encode(model);
            try (ForwardPass pass = model.newForwardPass();
                    SessionInMemory session = new SessionInMemory(model.kvLayout(KvFormat.F16))) {
                int[] ids = IntStream.range(0, TOKENS).map(i -> i % model.spec().vocabularySize()).toArray();
                int[] seen = {0};
                pass.run(List.of(session.next(ids, TOKENS - 1, (_, logits) -> seen[0] = logits.length)));
                assertThat(seen[0]).isEqualTo(model.spec().vocabularySize());
            }
        } catch (GgufException | ModelException typed) {
            assertThat(typed).hasMessageContaining(file.toString());
        }
    }

    private static void encode(LanguageModel model) {
        try {
            model.tokenizer().encodeText("What was said before stays, 1,024 tokens of it.");
        } catch (TokenizerException | GgufException typed) {
            assertThat(typed.getMessage()).isNotBlank();
        }
    }
}
