package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.PythonStrings.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Python's methods of strings and dicts, and functions kept in a namespace or dict. None changes its target. */
final class Methods {
    private Methods() {}

    static Object call(Object target, String name, List<Object> arguments, Map<String, Object> named) {
        if (target instanceof Undefined undefined) {
            throw new JinjaException("'" + undefined.what() + "' is undefined");
        }
        if (Access.attribute(target, name) instanceof Callable callable) {
            return callable.call(arguments, named);
        }
        return switch (target) {
            case String text -> ofString(text, name, arguments);
            case Map<?, ?> map -> ofDict(map, name, arguments);
            default -> throw unknown(target, name);
        };
    }

    private static Object ofString(String text, String name, List<Object> arguments) {
        return switch (name) {
            case "strip" -> PythonStrings.strip(text, characters(arguments), Side.BOTH);
            case "lstrip" -> PythonStrings.strip(text, characters(arguments), Side.LEFT);
            case "rstrip" -> PythonStrings.strip(text, characters(arguments), Side.RIGHT);
            case "startswith" -> any(text, arguments, String::startsWith);
            case "endswith" -> any(text, arguments, String::endsWith);
            case "split" -> arguments.isEmpty() || arguments.getFirst() == None.NONE
                    ? PythonStrings.splitWords(text)
                    : PythonStrings.split(text, separator(arguments), limit(arguments));
            case "rsplit" -> PythonStrings.splitFromRight(text, separator(arguments), limit(arguments));
            case "splitlines" -> text.lines().map(Object.class::cast).toList();
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> PythonStrings.title(text);
            case "capitalize" -> PythonStrings.capitalize(text);
            case "replace" -> text.replace(string(arguments, 0), string(arguments, 1));
            case "find" -> (long) text.indexOf(string(arguments, 0));
            case "count" -> PythonStrings.split(text, separator(arguments), -1).size() - 1L;
            case "join" -> Values.elements(arguments.getFirst()).stream().map(Values::text).collect(Collectors.joining(text));
            case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
            case "isspace" -> !text.isEmpty() && PythonStrings.strip(text, "", Side.BOTH).isEmpty();
            default -> throw unknown(text, name);
        };
    }

    private static Object ofDict(Map<?, ?> map, String name, List<Object> arguments) {
        return switch (name) {
            case "items" -> items(map);
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "get" -> {
                Object key = arguments.getFirst();
                Object otherwise = arguments.size() > 1 ? arguments.get(1) : None.NONE;
                yield map.containsKey(key) ? Access.item(map, key) : otherwise;
            }
            default -> throw unknown(map, name);
        };
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(List.of(key, value)));
        return items;
    }

    private static boolean any(String text, List<Object> arguments, BiPredicate<String, String> test) {
        Object wanted = arguments.getFirst();
        List<?> alternatives = wanted instanceof List<?> list ? list : List.of(wanted);
        return alternatives.stream().anyMatch(alternative -> test.test(text, Values.text(alternative)));
    }

    private static String characters(List<Object> arguments) {
        return arguments.isEmpty() || arguments.getFirst() == None.NONE ? "" : string(arguments, 0);
    }

    private static String separator(List<Object> arguments) {
        String separator = string(arguments, 0);
        if (separator.isEmpty()) {
            throw new JinjaException("an empty separator");
        }
        return separator;
    }

    private static long limit(List<Object> arguments) {
        return arguments.size() > 1 ? Values.integer(arguments.get(1)) : -1;
    }

    private static String string(List<Object> arguments, int i) {
        if (i < arguments.size() && arguments.get(i) instanceof String s) {
            return s;
        }
        throw new JinjaException("argument " + (i + 1) + " must be a string");
    }

    private static JinjaException unknown(Object target, String name) {
        return new JinjaException("the method '" + name + "' of " + Values.kind(target) + " is not supported");
    }
}
