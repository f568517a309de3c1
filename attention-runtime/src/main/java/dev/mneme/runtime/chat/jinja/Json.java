package dev.mneme.runtime.chat.jinja;

import java.util.List;
import java.util.Map;

/** {@code tojson} as programs that run chat templates define it: {@code json.dumps} without escaping for HTML or ASCII. */
final class Json {
    private final StringBuilder out = new StringBuilder();
    /** Blanks a level, or −1 for everything in one line. */
    private final int indent;

    private Json(int indent) {
        this.indent = indent;
    }

    static String write(Object value, Object indent) {
        var json = new Json(indent == None.NONE ? -1 : (int) Values.integer(indent));
        json.value(value, 0);
        return json.out.toString();
    }

    private void value(Object value, int level) {
        switch (value) {
            case String s -> string(s);
            case Long n -> out.append(n);
            case Double d -> out.append(Values.floatLiteral(d));
            case Boolean b -> out.append(b);
            case None _ -> out.append("null");
            case List<?> list -> {
                out.append('[');
                boolean first = true;
                for (Object element : list) {
                    separate(first, level + 1);
                    value(element, level + 1);
                    first = false;
                }
                close(list.isEmpty(), level, ']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    separate(first, level + 1);
                    string(Values.text(entry.getKey()));
                    out.append(": ");
                    value(entry.getValue(), level + 1);
                    first = false;
                }
                close(map.isEmpty(), level, '}');
            }
            default -> throw new JinjaException(Values.kind(value) + " has no JSON form");
        }
    }

    private void separate(boolean first, int level) {
        if (!first) {
            out.append(indent < 0 ? ", " : ",");
        }
        breakLine(level);
    }

    private void close(boolean empty, int level, char bracket) {
        if (!empty) {
            breakLine(level);
        }
        out.append(bracket);
    }

    private void breakLine(int level) {
        if (indent >= 0) {
            out.append('\n').append(" ".repeat(indent * level));
        }
    }

    private void string(String s) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
