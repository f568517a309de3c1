package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SpecialTokensTest {
    @Property(tries = 2000)
    void aTextIsCutAtTheLongestTokensFirst(@ForAll("texts") String text, @ForAll("tokens") List<String> tokens) {
        List<String> distinct = new ArrayList<>(new LinkedHashSet<>(tokens));
        int[] types = new int[distinct.size()];
        Arrays.fill(types, TokenType.USER_DEFINED.number);
        var vocabulary = new Vocabulary(PackedStrings.of(distinct), types, new float[0], List.of());
        byte[] bytes = text.getBytes(UTF_8);
        List<String> cut = new SpecialTokens(vocabulary).cut(bytes, new BitSet()).stream()
                .map(f -> (f.isPlain() ? "" : "#") + new String(bytes, f.from(), f.to() - f.from(), UTF_8)).toList();
        assertThat(cut).isEqualTo(naive(text, distinct));
    }

    /** Splits at one token after the other; equally long ones in the order of their ids. */
    private static List<String> naive(String text, List<String> tokens) {
        List<String> parts = text.isEmpty() ? List.of() : List.of(text);
        for (String token : tokens.stream().sorted(Comparator.comparing(String::length).reversed()).toList()) {
            List<String> next = new ArrayList<>();
            for (String part : parts) {
                if (part.startsWith("#")) {
                    next.add(part);
                    continue;
                }
                String[] between = part.split(Pattern.quote(token), -1);
                IntStream.range(0, between.length).forEach(i -> {
                    if (i > 0) {
                        next.add("#" + token);
                    }
                    if (!between[i].isEmpty()) {
                        next.add(between[i]);
                    }
                });
            }
            parts = next;
        }
        return parts;
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(30);
    }

    @Provide
    Arbitrary<List<String>> tokens() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMinLength(1).ofMaxLength(4).list().ofMinSize(1).ofMaxSize(6);
    }
}
