package dev.mneme.runtime.sampling;

import java.util.List;
import java.util.Optional;

/**
 * Looks for stop strings in a text that comes in pieces. Text that may be the beginning of a stop string is held back until
 * it is known; how the text is cut into pieces makes no difference. The stop string that ends first counts, of several that
 * end together the longest. To resume, append the text so far again. For one thread at a time.
 *
 * <p>Each stop string is followed by the automaton of Knuth, Morris and Pratt (1977), so an arbitrarily long text costs a
 * constant time a character.
 */
public final class StopMatcher {
    private final List<Pattern> patterns;
    private final StringBuilder held = new StringBuilder();
    private Optional<String> matched = Optional.empty();

    /** @throws InvalidOptionException if a stop string is empty or not valid Unicode */
    public StopMatcher(List<String> stops) {
        for (String stop : stops) {
            if (stop.isEmpty()) {
                throw new InvalidOptionException("stop", "an empty string", "a text of at least one character");
            }
            if (stop.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                throw new InvalidOptionException("stop", "a text with a lone surrogate", "valid Unicode");
            }
        }
        patterns = stops.stream().map(Pattern::new).toList();
    }

    /** The text that is now known to come before any stop string; nothing after a match. */
    public String append(String text) {
        if (matched.isPresent()) {
            return "";
        }
        for (int i = 0; i < text.length() && matched.isEmpty(); i++) {
            step(text.charAt(i));
        }
        int undecided = matched.map(String::length)
                .orElseGet(() -> patterns.stream().mapToInt(pattern -> pattern.reached).max().orElse(0));
        String free = held.substring(0, held.length() - undecided);
        held.delete(0, matched.isPresent() ? held.length() : free.length());
        return free;
    }

    private void step(char c) {
        held.append(c);
        for (Pattern pattern : patterns) {
            if (pattern.step(c) && longerThanMatched(pattern)) {
                matched = Optional.of(pattern.text);
            }
        }
    }

    /** What is still held back because it might have become a stop string; empty after a match. */
    public String finish() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }

    /** The stop string that was found. */
    public Optional<String> matched() {
        return matched;
    }

    private boolean longerThanMatched(Pattern pattern) {
        return matched.isEmpty() || matched.get().length() < pattern.text.length();
    }

    /** One stop string and how much of it the text so far ends with. */
    private static final class Pattern {
        private final String text;
        /** For each prefix length, the length of the longest proper prefix that is also its suffix. */
        private final int[] borders;
        private int reached;

        Pattern(String text) {
            this.text = text;
            this.borders = new int[text.length() + 1];
            for (int i = 2; i <= text.length(); i++) {
                int border = borders[i - 1];
                while (border > 0 && text.charAt(border) != text.charAt(i - 1)) {
                    border = borders[border];
                }
                borders[i] = text.charAt(border) == text.charAt(i - 1) ? border + 1 : 0;
            }
        }

        /** Whether the text now ends with the whole stop string. */
        boolean step(char c) {
            while (reached > 0 && text.charAt(reached) != c) {
                reached = borders[reached];
            }
            if (text.charAt(reached) == c) {
                reached++;
            }
            return reached == text.length();
        }
    }
}
