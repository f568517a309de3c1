package dev.mneme.runtime.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Python's rules for the values of templates: {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@link None},
 * {@link Undefined}, {@code List<Object>}, {@code Map<Object, Object>}, {@link Namespace} and {@link Callable}.
 */
final class Values {
    private Values() {}

    static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean b -> b;
            case String s -> !s.isEmpty();
            case Long n -> n != 0;
            case Double d -> d != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case None _ -> false;
            case Undefined _ -> false;
            default -> true;
        };
    }

    /** {@code str(value)}. */
    static String text(Object value) {
        return switch (value) {
            case String s -> s;
            case Undefined _ -> "";
            default -> literal(value);
        };
    }

    /** {@code repr(value)}. */
    static String literal(Object value) {
        return switch (value) {
            case String s -> quoted(s);
            case Boolean b -> b ? "True" : "False";
            case None _ -> "None";
            case Undefined _ -> "Undefined";
            case Double d -> floatLiteral(d);
            case List<?> list -> list.stream().map(Values::literal).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> map.entrySet().stream().map(e -> literal(e.getKey()) + ": " + literal(e.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    static String floatLiteral(double d) {
        if (d == 0 || (Math.abs(d) >= 1e-4 && Math.abs(d) < 1e16)) {
            String plain = new BigDecimal(Double.toString(d)).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        return Double.toString(d);
    }

    private static String quoted(String s) {
        char quote = s.contains("'") && !s.contains("\"") ? '"' : '\'';
        return quote + s.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
                .replace(String.valueOf(quote), "\\" + quote) + quote;
    }

    static boolean equal(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            return number(left) == number(right);
        }
        if (left instanceof Undefined || right instanceof Undefined) {
            return left instanceof Undefined && right instanceof Undefined;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }

    /** Negative, zero or positive as left is less than, equal to or greater than right. */
    static int compare(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            return Double.compare(number(left), number(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        throw new JinjaException("cannot order " + kind(left) + " and " + kind(right));
    }

    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String s when item instanceof String part -> s.contains(part);
            case List<?> list -> list.stream().anyMatch(element -> equal(element, item));
            case Map<?, ?> map -> map.containsKey(item);
            case Undefined _ -> false;
            default -> throw new JinjaException(kind(item) + " cannot be looked for in " + kind(container));
        };
    }

    /** The elements that a loop goes through: items, keys or characters. */
    static List<Object> elements(Object value) {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String s -> s.codePoints().mapToObj(Character::toString).collect(Collectors.toCollection(ArrayList::new));
            case Undefined _ -> new ArrayList<>();
            default -> throw new JinjaException(kind(value) + " cannot be iterated over");
        };
    }

    static long length(Object value) {
        return switch (value) {
            case String s -> s.codePointCount(0, s.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            default -> throw new JinjaException(kind(value) + " has no length");
        };
    }

    /** A bool counts as 0 or 1. */
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double number(Object value) {
        return switch (value) {
            case Long n -> n;
            case Double d -> d;
            case Boolean b -> b ? 1 : 0;
            default -> throw new JinjaException(kind(value) + " is no number");
        };
    }

    static long integer(Object value) {
        return switch (value) {
            case Long n -> n;
            case Boolean b -> b ? 1 : 0;
            default -> throw new JinjaException(kind(value) + " is no integer");
        };
    }

    /** How a message names the value. */
    static String kind(Object value) {
        return switch (value) {
            case String _ -> "a string";
            case Long _ -> "an integer";
            case Double _ -> "a float";
            case Boolean _ -> "a bool";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dict";
            case None _ -> "None";
            case Undefined undefined -> "'" + undefined.what() + "', which is undefined,";
            default -> "an object";
        };
    }
}
