package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens and settles white space: <code>{%-</code> and <code>-%}</code> remove all of it on their side,
 * a block tag takes the line break after it along ({@code trim_blocks}) and the blanks before it in its line
 * ({@code lstrip_blocks}), unless marked with {@code +}. One line break at the very end is dropped.
 */
final class Lexer {
    private static final Pattern ENDRAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern RAW = Pattern.compile("\\G\\{%[-+]?\\s*raw\\s*([-+]?)%\\}");
    private static final Pattern EXPRESSION = Pattern.compile(
            "\\G(?:(?<space>\\s+)|(?<float>\\d+(?:\\.\\d+)?[eE][+-]?\\d+|\\d+\\.\\d+)|(?<integer>\\d+)"
                    + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
                    // Possessive, or a long text with many line breaks would overflow the matcher's stack.
                    + "|(?<string>'(?:[^'\\\\]++|\\\\.)*+'|\"(?:[^\"\\\\]++|\\\\.)*+\")"
                    + "|(?<operator>//|\\*\\*|==|!=|<=|>=|[-+*/%~<>=.:|,()\\[\\]{}]))", Pattern.DOTALL);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineCountedTo;
    /** Whether the text that follows begins a line. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.readAll();
        return lexer.tokens;
    }

    private void readAll() {
        while (position < source.length()) {
            int tag = nextTag();
            addText(tag);
            if (tag == source.length()) {
                break;
            }
            Matcher raw = RAW.matcher(source);
            if (source.startsWith("{#", tag)) {
                skipComment(tag);
            } else if (raw.find(tag)) {
                readRaw(raw);
            } else {
                readTag(tag);
            }
        }
        add(Kind.END, "", source.length());
    }

    private int nextTag() {
        for (int i = position; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** Adds the text up to a tag, without the white space that the tag removes. */
    private void addText(int tag) {
        String text = source.substring(position, tag);
        char mark = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        if (tag < source.length() && mark == '-') {
            text = PythonStrings.strip(text, "", PythonStrings.Side.RIGHT);
        } else if (tag < source.length() && mark != '+' && source.charAt(tag + 1) != '{') {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarts) && text.substring(lineStart).isBlank()) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            add(Kind.TEXT, text, position);
        }
    }

    private void skipComment(int tag) {
        int end = source.indexOf("#}", tag + 2);
        if (end < 0) {
            throw new JinjaException(lineAt(tag), "a comment is not closed");
        }
        position = end + 2;
        skipAfterTag(source.charAt(end - 1), true);
    }

    private void readRaw(Matcher raw) {
        Matcher end = ENDRAW.matcher(source);
        if (!end.find(raw.end())) {
            throw new JinjaException(lineAt(raw.start()), "a raw block is not closed");
        }
        position = raw.end();
        skipAfterTag(mark(raw.group(1)), false);
        position = Math.min(position, end.start());
        addText(end.start());
        position = end.end();
        skipAfterTag(mark(end.group(2)), true);
    }

    private static char mark(String group) {
        return group.isEmpty() ? ' ' : group.charAt(0);
    }

    private void readTag(int tag) {
        boolean output = source.charAt(tag + 1) == '{';
        String close = output ? "}}" : "%}";
        add(output ? Kind.OUTPUT_BEGIN : Kind.BLOCK_BEGIN, source.substring(tag, tag + 2), tag);
        position = tag + 2;
        if (position < source.length() && isMark(source.charAt(position), output)) {
            position++;
        }
        int depth = 0;
        Matcher matcher = EXPRESSION.matcher(source);
        while (true) {
            char first = position < source.length() ? source.charAt(position) : ' ';
            boolean marked = isMark(first, output);
            if (depth == 0 && source.startsWith(close, marked ? position + 1 : position)) {
                add(output ? Kind.OUTPUT_END : Kind.BLOCK_END, close, position);
                position += marked ? 3 : 2;
                skipAfterTag(marked ? first : ' ', !output);
                return;
            }
            if (!matcher.find(position)) {
                throw new JinjaException(lineAt(position), position >= source.length()
                        ? "a tag is not closed" : "unexpected '" + source.charAt(position) + "'");
            }
            depth += addExpressionToken(matcher);
            position = matcher.end();
        }
    }

    /** An output has no {@code +}: there it is a sign of its expression. */
    private static boolean isMark(char c, boolean output) {
        return c == '-' || (c == '+' && !output);
    }

    /** Adds what matched; returns by how much brackets are deeper after it. */
    private int addExpressionToken(Matcher matcher) {
        String text = matcher.group();
        if (matcher.group("name") != null) {
            add(Kind.NAME, text, matcher.start());
        } else if (matcher.group("string") != null) {
            add(Kind.STRING, PythonStrings.unescape(text.substring(1, text.length() - 1)), matcher.start());
        } else if (matcher.group("integer") != null) {
            add(Kind.INTEGER, text, matcher.start());
        } else if (matcher.group("float") != null) {
            add(Kind.FLOAT, text, matcher.start());
        } else if (matcher.group("operator") != null) {
            add(Kind.OPERATOR, text, matcher.start());
            return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
        }
        return 0;
    }

    /** The white space behind a tag that ended before the position with this mark. */
    private void skipAfterTag(char mark, boolean block) {
        int start = position;
        if (mark == '-') {
            while (position < source.length() && PythonStrings.isSpace(source.charAt(position))) {
                position++;
            }
        } else if (block && mark != '+' && position < source.length() && source.charAt(position) == '\n') {
            position++;
        }
        lineStarts = position > start && source.charAt(position - 1) == '\n';
    }

    private void add(Kind kind, String text, int at) {
        tokens.add(new Token(kind, text, lineAt(at)));
    }

    private int lineAt(int at) {
        for (; lineCountedTo < at && lineCountedTo < source.length(); lineCountedTo++) {
            if (source.charAt(lineCountedTo) == '\n') {
                line++;
            }
        }
        return line;
    }
}
