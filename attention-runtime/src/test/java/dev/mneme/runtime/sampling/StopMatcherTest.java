package dev.mneme.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StopMatcherTest {
    private record Outcome(String released, Optional<String> matched) {}

    @Property(tries = 2000)
    void streamedInAnyPiecesItFindsWhatANaiveSearchFinds(@ForAll("pieces") List<String> pieces, @ForAll("stops") List<String> stops) {
        assertThat(streamed(pieces, stops)).isEqualTo(naive(String.join("", pieces), stops));
    }

    @Property(tries = 1000)
    void nothingIsHeldBackThatCannotBecomeAStopString(@ForAll("pieces") List<String> pieces, @ForAll("stops") List<String> stops) {
        var matcher = new StopMatcher(stops);
        var text = new StringBuilder();
        int released = 0;
        for (String piece : pieces) {
            released += matcher.append(piece).length();
            text.append(piece);
            if (matcher.matched().isPresent()) {
                return;
            }
            String held = text.substring(released);
            assertThat(held.isEmpty() || stops.stream().anyMatch(stop -> stop.startsWith(held))).isTrue();
        }
    }

    @Property(tries = 500)
    void replayingTheTextSoFarRestoresTheMatcher(@ForAll("pieces") List<String> pieces, @ForAll("stops") List<String> stops) {
        int cut = pieces.size() / 2;
        var original = new StopMatcher(stops);
        pieces.subList(0, cut).forEach(original::append);
        var resumed = new StopMatcher(stops);
        resumed.append(String.join("", pieces.subList(0, cut)));
        for (String piece : pieces.subList(cut, pieces.size())) {
            assertThat(resumed.append(piece)).isEqualTo(original.append(piece));
            assertThat(resumed.matched()).isEqualTo(original.matched());
        }
        assertThat(resumed.finish()).isEqualTo(original.finish());
    }

    @Example
    void halfACharacterIsNeverReleased() {
        var matcher = new StopMatcher(List.of("😀!")); // shares its first surrogate with the next character
        assertThat(matcher.append("a\uD83D")).isEqualTo("a");
        assertThat(matcher.append("\uDE01b")).isEqualTo("😁b");
    }

    @Example
    void withoutStopStringsEverythingPasses() {
        var matcher = new StopMatcher(List.of());
        assertThat(matcher.append("text")).isEqualTo("text");
        assertThat(matcher.finish()).isEmpty();
        assertThat(matcher.matched()).isEmpty();
    }

    @Example
    void emptyAndMalformedStopStringsAreRefused() {
        for (String stop : List.of("", "a\uD83D", "\uDE00")) {
            assertThatThrownBy(() -> new StopMatcher(List.of("fine", stop)))
                    .isInstanceOf(InvalidOptionException.class).hasMessageContaining("stop");
        }
    }

    private static Outcome streamed(List<String> pieces, List<String> stops) {
        var matcher = new StopMatcher(stops);
        var released = new StringBuilder();
        pieces.forEach(piece -> released.append(matcher.append(piece)));
        released.append(matcher.finish());
        return new Outcome(released.toString(), matcher.matched());
    }

    private static Outcome naive(String text, List<String> stops) {
        List<String> longestFirst = stops.stream().sorted(Comparator.comparing(String::length).reversed()).toList();
        for (int end = 1; end <= text.length(); end++) {
            String before = text.substring(0, end);
            Optional<String> stop = longestFirst.stream().filter(before::endsWith).findFirst();
            if (stop.isPresent()) {
                return new Outcome(before.substring(0, end - stop.get().length()), stop);
            }
        }
        return new Outcome(text, Optional.empty());
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(5).list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<String>> stops() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMinLength(1).ofMaxLength(6).list().ofMaxSize(4);
    }
}
