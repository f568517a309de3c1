package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizerTest {
    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2", "default"})
    void splitsAsItsRegularExpressionDoes(String name) throws IOException {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        try (var in = Objects.requireNonNull(PreTokenizerTest.class.getResourceAsStream("/pre-tokenizer-cases.json"))) {
            JsonNode cases = new ObjectMapper().readTree(in).get("cases");
            assertThat(cases.size()).isGreaterThan(100);
            for (JsonNode c : cases) {
                List<String> expected = new ArrayList<>();
                c.get("words").get(name).forEach(word -> expected.add(word.asText()));
                assertThat(words(preTokenizer, c.get("text").asText())).as(c.get("text").toString()).isEqualTo(expected);
            }
        }
    }

    @Property(tries = 500)
    void wordsAreNeverEmptyAndAddUpToTheText(@ForAll @StringLength(max = 60) String text) {
        String valid = new String(text.getBytes(UTF_8), UTF_8); // lone surrogates become '?'
        for (String name : List.of("gpt-2", "smollm", "llama-bpe", "qwen2", "default")) {
            List<String> words = words(PreTokenizer.named(name), valid);
            assertThat(words).doesNotContain("");
            assertThat(String.join("", words)).isEqualTo(valid);
        }
    }

    @Test
    void anUnknownPreTokenizerIsRefusedByName() {
        assertThatThrownBy(() -> PreTokenizer.named("tekken")).isInstanceOf(TokenizerException.class)
                .hasMessageContaining("'tekken'");
    }

    private static List<String> words(PreTokenizer preTokenizer, String text) {
        List<String> words = new ArrayList<>();
        byte[] bytes = text.getBytes(UTF_8);
        preTokenizer.split(bytes, 0, bytes.length, (t, from, to) -> words.add(new String(t, from, to - from, UTF_8)));
        return words;
    }
}
