package dev.mneme.runtime.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's string methods where Java's differ. */
final class PythonStrings {
    enum Side {
        LEFT,
        RIGHT,
        BOTH
    }

    private PythonStrings() {}

    /** What Python's {@code str.isspace} holds for, which is neither Java's {@code strip} nor its {@code trim}. */
    static boolean isSpace(char c) {
        return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0
                || (c > 0xFF && Character.isSpaceChar(c));
    }

    /** @param characters to remove; empty for white space */
    static String strip(String text, String characters, Side side) {
        int from = 0;
        int to = text.length();
        while (side != Side.RIGHT && from < to && strips(text.charAt(from), characters)) {
            from++;
        }
        while (side != Side.LEFT && to > from && strips(text.charAt(to - 1), characters)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean strips(char c, String characters) {
        return characters.isEmpty() ? isSpace(c) : characters.indexOf(c) >= 0;
    }

    /** @param limit most splits, from the left; negative for any number */
    static List<Object> split(String text, String separator, long limit) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** @param limit most splits, from the right; negative for any number */
    static List<Object> splitFromRight(String text, String separator, long limit) {
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        int at = text.lastIndexOf(separator);
        while (at >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.addFirst(text.substring(at + separator.length(), to));
            to = at;
            at = to == 0 ? -1 : text.lastIndexOf(separator, to - separator.length());
        }
        parts.addFirst(text.substring(0, to));
        return parts;
    }

    /** At runs of white space, without empty parts. */
    static List<Object> splitWords(String text) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || isSpace(text.charAt(i))) {
                if (i > from) {
                    parts.add(text.substring(from, i));
                }
                from = i + 1;
            }
        }
        return parts;
    }

    static String capitalize(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    /** {@code str.title}: anything but a letter ends a word. */
    static String title(String text) {
        return title(text, c -> !Character.isLetter(c));
    }

    /** The filter {@code title}: only these characters end a word. */
    static String titleFilter(String text) {
        return title(text, c -> isSpace((char) c) || "-({[<".indexOf(c) >= 0);
    }

    private static String title(String text, IntPredicate endsWord) {
        var result = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            result.append(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = !endsWord.test(c);
        }
        return result.toString();
    }

    /** The value of a string literal's inside. An unknown escape stays as it is written. */
    static String unescape(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        var text = new StringBuilder();
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c != '\\' || i + 1 == literal.length()) {
                text.append(c);
                continue;
            }
            char escape = literal.charAt(++i);
            int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
            if (digits > 0 && i + digits < literal.length()) {
                text.appendCodePoint(Integer.parseInt(literal, i + 1, i + 1 + digits, 16));
                i += digits;
                continue;
            }
            switch (escape) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'f' -> text.append('\f');
                case 'b' -> text.append('\b');
                case '\\', '\'', '"' -> text.append(escape);
                case '\n' -> { }
                default -> text.append('\\').append(escape);
            }
        }
        return text.toString();
    }
}
