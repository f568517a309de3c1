package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Text goes to ids and comes back, as one text or line by line. */
class TokenCommandsTest {
    private static final String MODEL = Outcome.tiny("llama31");

    @Test
    void aTextComesBackAsItWas() {
        String text = "Ünï ☃\n and a second line";
        Outcome ids = Outcome.of(text, "tokenize", MODEL);
        assertThat(ids.err()).isEmpty();
        assertThat(ids.out()).matches("\\[\\d+(,\\d+)*]\\R");
        assertThat(Outcome.of(ids.out(), "detokenize", MODEL).out()).isEqualTo(text);
    }

    @Test
    void linesAreTakenOneByOne() {
        String lines = "\"one\\ntwo\"\n\"\"\n\"\\u2603\"\n";
        Outcome ids = Outcome.of(lines, "tokenize", MODEL, "--lines");
        assertThat(ids.out().lines()).hasSize(3).element(1).isEqualTo("[]");
        assertThat(Outcome.of(ids.out(), "detokenize", MODEL, "--lines").out().lines())
                .containsExactly("\"one\\ntwo\"", "\"\"", "\"☃\"");
    }

    @Test
    void theFirstTokenIsAddedWhereTheModelAsksForIt() {
        Outcome with = Outcome.of("x", "tokenize", Outcome.tiny("gemma3"), "--bos");
        Outcome without = Outcome.of("x", "tokenize", Outcome.tiny("gemma3"));
        assertThat(with.out()).endsWith(without.out().substring(1)).hasSizeGreaterThan(without.out().length());
    }

    @Test
    void badInputIsOneLineWithTheLineNumber() {
        failsWith("Line 2 is no JSON string", "\"a\"\nb", "tokenize", MODEL, "--lines");
        failsWith("lone surrogate", "\"\\ud800\"", "tokenize", MODEL, "--lines");
        failsWith("token id 99999", "[99999]", "detokenize", MODEL);
        failsWith("Line 1 is no JSON array", "[1,", "detokenize", MODEL);
        failsWith("There is no model 'x'", "", "tokenize", "x");
        failsWith("pom.xml", "", "tokenize", Outcome.root().resolve("pom.xml").toString());
    }

    private static void failsWith(String message, String input, String... arguments) {
        Outcome outcome = Outcome.of(input, arguments);
        assertThat(outcome.code()).as(message).isEqualTo(1);
        assertThat(outcome.err()).startsWith("mneme: ").contains(message);
        assertThat(outcome.err().lines()).hasSize(1);
    }
}
