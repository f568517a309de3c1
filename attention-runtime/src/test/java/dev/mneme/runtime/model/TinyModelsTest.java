package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.runtime.kv.KvFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every architecture gives the logits that a float64 program computed from the same weights. */
class TinyModelsTest {
    private static final Path TINY = Path.of("src/test/resources/oracle/tiny");
    private static final float LARGEST_DIFFERENCE = 5e-4f;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama31", "qwen2", "qwen3", "gemma3", "type-q4_1"})
    void logitsAreThoseOfFloat64(String name) throws IOException {
        JsonNode oracle = new ObjectMapper().readTree(TINY.resolve(name + "-f64.json").toFile());
        try (LanguageModel model = LanguageModel.open(TINY.resolve(name + ".gguf"), new RuntimeOptions(Backend.SCALAR, 2));
                ForwardPass pass = model.newForwardPass()) {
            for (JsonNode prompt : oracle.get("prompts")) {
                int[] ids = IntStream.range(0, prompt.get("ids").size()).map(i -> prompt.get("ids").get(i).asInt()).toArray();
                float[] logits = lastLogits(model, pass, ids);
                int stride = oracle.get("stride").asInt();
                for (int i = 0; i < prompt.get("strided").size(); i++) {
                    assertThat((double) logits[i * stride])
                            .as("%s, prompt of %d tokens, id %d", name, ids.length, i * stride)
                            .isCloseTo(prompt.get("strided").get(i).asDouble(),
                                    Offset.offset((double) LARGEST_DIFFERENCE));
                }
            }
        }
    }

    private static float[] lastLogits(LanguageModel model, ForwardPass pass, int[] ids) {
        float[] last = new float[model.spec().vocabularySize()];
        pass.run(List.of(new TokenRun(ids, 0, new ArenaKvMemory(model.kvLayout(KvFormat.F32)), ids.length - 1,
                (offset, logits) -> System.arraycopy(logits, 0, last, 0, last.length))));
        return last;
    }
}
