package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mneme.runtime.gguf.GgufException;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.tokenizer.BytePairEncoding.WholeWords;
import dev.mneme.runtime.tokenizer.SentencePieceEncoding.SpacePrefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final int NORMAL = TokenType.NORMAL.number;
    private static final int CONTROL = TokenType.CONTROL.number;
    private static final int USER_DEFINED = TokenType.USER_DEFINED.number;

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void anyTextComesBackFromItsTokens(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        var random = new Random(42);
        for (int i = 0; i < 400; i++) {
            String text = randomText(random);
            assertThat(tokenizer.decode(tokenizer.encodeText(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void noTextCanSpellAControlToken(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        List<String> controls = IntStream.range(0, tokenizer.vocabularySize()).filter(tokenizer::isControl)
                .mapToObj(id -> new String(tokenizer.piece(id), UTF_8)).toList();
        var random = new Random(7);
        for (int i = 0; i < 300; i++) {
            String text = randomText(random) + controls.get(random.nextInt(controls.size())) + randomText(random);
            int[] ids = tokenizer.encodeText(text);
            assertThat(Arrays.stream(ids).noneMatch(tokenizer::isControl)).as(text).isTrue();
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "gemma3"})
    void streamedInAnyOrderOfTokensTheTextIsThatOfTheWhole(String model) {
        Tokenizer tokenizer = OracleTokenizers.named(model);
        var random = new Random(3);
        List<Integer> pieces = new ArrayList<>(); // those that are no whole characters, so that many are cut
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (new String(tokenizer.textBytes(id), UTF_8).contains("\uFFFD")) {
                pieces.add(id);
            }
        }
        assertThat(pieces.size()).isGreaterThan(100);
        for (int i = 0; i < 500; i++) {
            int[] ids = random.ints(random.nextInt(1, 30), 0, tokenizer.vocabularySize())
                    .map(id -> random.nextInt(3) == 0 ? id : pieces.get(random.nextInt(pieces.size()))).toArray();
            TextDecoder decoder = tokenizer.newTextDecoder();
            var text = new StringBuilder();
            for (int id : ids) {
                String piece = decoder.append(id);
                assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1))).isTrue();
                text.append(piece);
            }
            text.append(decoder.finish());
            assertThat(text.toString()).isEqualTo(tokenizer.decode(ids));
        }
    }

    @Test
    void aCharacterIsHeldBackUntilItIsComplete() {
        Tokenizer tokenizer = OracleTokenizers.named("gemma3");
        TextDecoder decoder = tokenizer.newTextDecoder();
        int[] bytes = byteTokens(tokenizer, "😀");
        assertThat(decoder.append(bytes[0])).isEmpty();
        assertThat(decoder.append(bytes[1])).isEmpty();
        assertThat(decoder.append(bytes[2])).isEmpty();
        assertThat(decoder.append(bytes[3])).isEqualTo("😀");
        assertThat(decoder.append(bytes[0])).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.append(tokenizer.encodeText("ok")[0])).isEqualTo("ok");
    }

    private static int[] byteTokens(Tokenizer tokenizer, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return IntStream.range(0, bytes.length).map(i -> IntStream.range(0, tokenizer.vocabularySize())
                .filter(id -> Arrays.equals(tokenizer.piece(id), new byte[] {bytes[i]})).findFirst().orElseThrow()).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "ab ", "é", "<"})
    void aVeryLongTextOfTheSameTakesSecondsAtMost(String unit) {
        // Quadratic work would take minutes with either; a megabyte of each would only be slow to test.
        String text = unit.repeat((unit.equals("a") ? 1 << 20 : 1 << 17) / unit.length());
        for (String model : List.of("smollm2", "gemma3")) {
            Tokenizer tokenizer = OracleTokenizers.named(model);
            int[] ids = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encodeText(text));
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
    }

    @Test
    void loneSurrogatesAreRefusedWithTheirPlace() {
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        for (String text : List.of("ab\uD83D", "ab\uDE00c", "ab\uD83D\uD83D\uDE00")) {
            assertThatThrownBy(() -> tokenizer.encodeText(text)).isInstanceOfSatisfying(MalformedTextException.class,
                    e -> assertThat(e.index()).isEqualTo(2)).hasMessageContaining("index 2");
        }
        assertThat(tokenizer.encodeText("ab😀")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 49152, Integer.MAX_VALUE})
    void anIdOutsideOfTheVocabularyIsRefused(int id) {
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        assertThatThrownBy(() -> tokenizer.decode(new int[] {id})).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama31", "qwen2", "qwen3", "gemma3"})
    void theTokenizersOfTheTinyModelsOpen(String model) {
        try (GgufFile file = GgufFile.open(OracleFiles.tinyModel(model))) {
            Tokenizer tokenizer = Tokenizer.from(file);
            assertThat(tokenizer.vocabularySize()).isEqualTo(512);
            assertThat(tokenizer.decode(tokenizer.encodeText("abc"))).contains("abc");
        }
    }

    @Test
    void sentencePieceJoinsTheHighestScoreFirstAndTheLeftmostOfEquals() {
        Tokenizer tokenizer = sentencePiece(SpacePrefix.ADDED,
                List.of("<unk>", "<s>", "</s>", "\u2581", "a", "b", "c", "ab", "bc", "\u2581a", "<0xC3>"),
                new float[] {0, 0, 0, -9, -9, -9, -9, -2, -1, -2, 0});
        // ▁abc: "bc" has the best score; then "▁a".
        assertThat(tokenizer.encodeText("abc")).containsExactly(9, 8);
        // ▁ab: "▁a" and "ab" are equal, the left one wins.
        assertThat(tokenizer.encodeText("ab")).containsExactly(9, 5);
        // No token and no byte token for 0xA9: the unknown token.
        assertThat(tokenizer.encodeText("é")).containsExactly(3, 10, 0);
        // After a special token there is a space again; a template's own text is not a place where typed text stops.
        assertThat(tokenizer.encode(List.of(new TextPart.Template("<s>"), new TextPart.Message("a<s>"))))
                .containsExactly(1, 9, 0, 0, 0);
        assertThat(tokenizer.decode(new int[] {1, 9, 8})).isEqualTo(" abc");
    }

    @Test
    void userDefinedTokensAreFoundEverywhereControlTokensOnlyInTemplates() {
        Tokenizer tokenizer = bytePair(List.of("a", "b", "<x>", "<x><x>", "<c>", "<", "x", "c", ">"),
                new int[] {NORMAL, NORMAL, USER_DEFINED, USER_DEFINED, CONTROL, NORMAL, NORMAL, NORMAL, NORMAL}, List.of());
        assertThat(tokenizer.encodeText("a<x>b<c>")).containsExactly(0, 2, 1, 5, 7, 8);
        assertThat(tokenizer.encodeTemplate("a<x>b<c>")).containsExactly(0, 2, 1, 4);
        assertThat(tokenizer.encodeText("<x><x><x>")).containsExactly(3, 2); // the longest first
        // A user cannot complete a control token that a template begins, or the other way round.
        assertThat(tokenizer.encode(List.of(new TextPart.Template("<"), new TextPart.Message("c>"))))
                .containsExactly(5, 7, 8);
        assertThat(tokenizer.encode(List.of(new TextPart.Template("<c"), new TextPart.Template(">")))).containsExactly(4);
    }

    @Test
    void bytePairsJoinInTheOrderOfTheMergeListAndMissingBytesAreDropped() {
        Tokenizer tokenizer = bytePair(List.of("a", "b", "c", "ab", "bc", "abc"),
                new int[] {NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL}, List.of("b c", "a b", "a bc"));
        assertThat(tokenizer.encodeText("abc")).containsExactly(5);
        assertThat(tokenizer.encodeText("aab")).containsExactly(0, 3);
        assertThat(tokenizer.encodeText("abab")).containsExactly(3, 3);
        assertThat(tokenizer.encodeText("azb")).containsExactly(0, 1);
    }

    @Test
    void tablesThatContradictOneAnotherAreRefused() {
        assertThatThrownBy(() -> new Vocabulary(PackedStrings.of(List.of("a")), new int[] {1, 1}, new float[0], List.of()))
                .isInstanceOf(TokenizerException.class).hasMessageContaining("token_type has 2");
        assertThatThrownBy(() -> new Vocabulary(PackedStrings.of(List.of()), new int[0], new float[0], List.of()))
                .isInstanceOf(TokenizerException.class).hasMessageContaining("empty");
        try (GgufFile file = GgufFile.open(OracleFiles.tinyModel("type-f16"))) {
            assertThat(Tokenizer.from(file).vocabularySize()).isEqualTo(512);
        } catch (GgufException e) {
            throw new AssertionError(e);
        }
    }

    private static Tokenizer sentencePiece(SpacePrefix prefix, List<String> texts, float[] scores) {
        int[] types = new int[texts.size()];
        Arrays.fill(types, NORMAL);
        types[0] = TokenType.UNKNOWN.number;
        types[1] = CONTROL;
        types[2] = CONTROL;
        types[texts.size() - 1] = TokenType.BYTE.number;
        var vocabulary = new Vocabulary(PackedStrings.of(texts), types, scores, List.of(2));
        return new VocabularyTokenizer(vocabulary, new SentencePieceEncoding(vocabulary, prefix, 0), OptionalInt.of(1),
                OptionalInt.of(2));
    }

    private static Tokenizer bytePair(List<String> texts, int[] types, List<String> merges) {
        var vocabulary = new Vocabulary(PackedStrings.of(texts), types, new float[0], List.of());
        var encoding = new BytePairEncoding(vocabulary, PackedStrings.of(merges), PreTokenizer.named("gpt-2"), WholeWords.MERGED);
        return new VocabularyTokenizer(vocabulary, encoding, OptionalInt.empty(), OptionalInt.empty());
    }

    /** Words, numbers, spaces and characters of many scripts, but none of the bytes that SmolLM2 has no token for. */
    private static String randomText(Random random) {
        String[] parts = {"the", " and", "Zeit", "  ", "\n", "\n\n\n", "\t", "123", "4.5", "don't", "naïve", "中文", "العربية", "😀",
            "👩‍🚀", "<b>", "</b>", "<", "|", ">", "_im_", "e\u0301", "\u00a0", "{x}", "();", "क्षि", "한국", "ß", "\r\n", "'"};
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}
