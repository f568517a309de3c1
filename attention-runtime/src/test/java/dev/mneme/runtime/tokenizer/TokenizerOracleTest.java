package dev.mneme.runtime.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.runtime.oracle.OracleFiles;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerOracleTest {
    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void everyCaseGivesTheIdsOfTheReference(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        var softly = new SoftAssertions();
        int cases = 0;
        for (JsonNode c : OracleFiles.json(model + "-tokenize").get("cases")) {
            String text = c.get("text").asText();
            List<Integer> ids = new ArrayList<>();
            if (c.get("add_special").asBoolean()) {
                tokenizer.beginOfSequence().ifPresent(ids::add);
            }
            int[] encoded = c.get("parse_special").asBoolean() ? tokenizer.encodeTemplate(text) : tokenizer.encodeText(text);
            for (int id : encoded) {
                ids.add(id);
            }
            List<Integer> expected = new ArrayList<>();
            c.get("ids").forEach(id -> expected.add(id.asInt()));
            softly.assertThat(ids).as(c.get("name").asText()).isEqualTo(expected);
            cases++;
        }
        softly.assertAll();
        assertThat(cases).isGreaterThan(370);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void everyPieceOfTheCasesIsThatOfTheReference(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        int pieces = 0;
        for (JsonNode c : OracleFiles.json(model + "-tokenize").get("cases")) {
            for (int i = 0; c.has("pieces") && i < c.get("ids").size(); i++) {
                byte[] expected = HexFormat.of().parseHex(c.get("pieces").get(i).asText());
                assertThat(tokenizer.piece(c.get("ids").get(i).asInt())).as(c.get("name").asText()).isEqualTo(expected);
                pieces++;
            }
        }
        assertThat(pieces).isGreaterThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void theWholeVocabularySpellsTheBytesOfTheReference(String model) throws Exception {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        JsonNode file = OracleFiles.json(model + "-tokenize");
        assertThat(tokenizer.vocabularySize()).isEqualTo(file.get("n_vocab").asInt());
        JsonNode digests = file.get("vocab_pieces_sha256");
        assertThat(digest(tokenizer, tokenizer::piece)).isEqualTo(digests.get("special_true").asText());
        assertThat(digest(tokenizer, tokenizer::textBytes)).isEqualTo(digests.get("special_false").asText());
    }

    private static String digest(Tokenizer tokenizer, IntFunction<byte[]> bytesOf) throws Exception {
        var all = new ByteArrayOutputStream();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            byte[] bytes = bytesOf.apply(id);
            all.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
            all.writeBytes(bytes);
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void specialTokensAreThoseOfTheReference(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        JsonNode meta = OracleFiles.json(model + "-meta");
        JsonNode special = meta.get("special_tokens");
        List<Integer> ends = new ArrayList<>();
        special.get("eog").forEach(id -> ends.add(id.asInt()));
        assertThat(tokenizer.endOfGeneration()).containsExactlyInAnyOrderElementsOf(ends);
        assertThat(tokenizer.beginOfSequence().isPresent()).isEqualTo(meta.get("add_bos").asBoolean());
        tokenizer.beginOfSequence().ifPresent(id -> assertThat(id).isEqualTo(special.get("bos").asInt()));
        assertThat(tokenizer.endOfSequence()).hasValue(special.get("eos").asInt());
        for (JsonNode control : special.get("control")) {
            assertThat(tokenizer.isControl(control.get(0).asInt())).isTrue();
            assertThat(tokenizer.encodeTemplate(control.get(1).asText())).containsExactly(control.get(0).asInt());
        }
    }
}
