package dev.mneme.runtime.chat.jinja;

import java.util.List;
import java.util.Map;

/** {@code value is test}. */
final class Tests {
    private Tests() {}

    static boolean holds(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" -> value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> Values.isNumber(value);
            case "callable" -> value instanceof Callable;
            case "odd" -> Math.floorMod(Values.integer(value), 2L) == 1;
            case "even" -> Math.floorMod(Values.integer(value), 2L) == 0;
            case "divisibleby" -> Math.floorMod(Values.integer(value), Values.integer(arguments.getFirst())) == 0;
            case "equalto", "eq", "==", "sameas" -> Values.equal(value, arguments.getFirst());
            case "ne", "!=" -> !Values.equal(value, arguments.getFirst());
            case "lt" -> Values.compare(value, arguments.getFirst()) < 0;
            case "gt" -> Values.compare(value, arguments.getFirst()) > 0;
            case "in" -> Values.contains(arguments.getFirst(), value);
            default -> throw new JinjaException("the test '" + name + "' is not supported");
        };
    }
}
