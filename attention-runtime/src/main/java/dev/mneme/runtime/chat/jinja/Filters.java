package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.PythonStrings.Side;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code value | filter}. */
final class Filters {
    private Filters() {}

    static Object apply(String name, Object input, List<Object> arguments, Map<String, Object> named) {
        return switch (name) {
            case "trim" -> PythonStrings.strip(Values.text(input), arguments.isEmpty() ? "" : Values.text(arguments.getFirst()),
                    Side.BOTH);
            case "length", "count" -> Values.length(input);
            case "upper" -> Values.text(input).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(input).toLowerCase(Locale.ROOT);
            case "capitalize" -> PythonStrings.capitalize(Values.text(input));
            case "title" -> PythonStrings.titleFilter(Values.text(input));
            case "string" -> Values.text(input);
            case "safe" -> input;
            case "int" -> toInteger(input);
            case "float" -> toFloat(input);
            case "abs" -> input instanceof Long n ? (Object) Math.abs(n) : Math.abs(Values.number(input));
            case "tojson" -> Json.write(input, argument(arguments, named, 0, "indent", None.NONE));
            case "default", "d" -> input instanceof Undefined
                    || (Values.isTrue(argument(arguments, named, 1, "boolean", false)) && !Values.isTrue(input))
                    ? argument(arguments, named, 0, "default_value", "") : input;
            case "replace" -> Values.text(input)
                    .replace(Values.text(arguments.getFirst()), Values.text(arguments.get(1)));
            case "indent" -> indent(Values.text(input), argument(arguments, named, 0, "width", 4L),
                    Values.isTrue(argument(arguments, named, 1, "first", false)));
            case "items" -> input instanceof Map<?, ?> map ? Methods.items(map) : new ArrayList<>();
            case "list" -> Values.elements(input);
            case "first" -> Access.item(Values.elements(input), 0L);
            case "last" -> Access.item(Values.elements(input), -1L);
            case "reverse" -> input instanceof String s ? new StringBuilder(s).reverse().toString()
                    : Values.elements(input).reversed();
            case "unique" -> new ArrayList<>(new LinkedHashSet<>(Values.elements(input)));
            case "sort" -> sorted(Values.elements(input));
            case "dictsort" -> dictSort(input);
            case "join" -> Values.elements(input).stream().map(element -> attributeOf(element, named)).map(Values::text)
                    .collect(Collectors.joining(Values.text(argument(arguments, named, 0, "d", ""))));
            case "map" -> map(elementsIfTrue(input), arguments, named);
            case "select" -> filtered(input, arguments, 0, true);
            case "reject" -> filtered(input, arguments, 0, false);
            case "selectattr" -> filtered(input, arguments, 1, true);
            case "rejectattr" -> filtered(input, arguments, 1, false);
            default -> throw new JinjaException("the filter '" + name + "' is not supported");
        };
    }

    private static Object argument(List<Object> arguments, Map<String, Object> named, int place, String name, Object otherwise) {
        return place < arguments.size() ? arguments.get(place) : named.getOrDefault(name, otherwise);
    }

    private static Object toInteger(Object input) {
        if (Values.isNumber(input)) {
            return (long) Values.number(input);
        }
        try {
            return Long.valueOf(Values.text(input).strip());
        } catch (NumberFormatException e) {
            return 0L;
        }
    }

    private static Object toFloat(Object input) {
        if (Values.isNumber(input)) {
            return Values.number(input);
        }
        try {
            return Double.valueOf(Values.text(input).strip());
        } catch (NumberFormatException e) {
            return 0.0;
        }
    }

    private static String indent(String text, Object width, boolean first) {
        String blanks = width instanceof String s ? s : " ".repeat((int) Values.integer(width));
        String[] lines = text.split("\n", -1);
        var result = new StringBuilder(first && !lines[0].isEmpty() ? blanks : "").append(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            result.append('\n').append(lines[i].isEmpty() ? "" : blanks).append(lines[i]);
        }
        return result.toString();
    }

    private static List<Object> sorted(List<Object> values) {
        values.sort(Values::compare);
        return values;
    }

    private static List<Object> dictSort(Object input) {
        if (!(input instanceof Map<?, ?> map)) {
            throw new JinjaException(Values.kind(input) + " is no dict");
        }
        List<Object> items = Methods.items(map);
        items.sort((a, b) -> Values.compare(Access.item(a, 0L), Access.item(b, 0L)));
        return items;
    }

    private static Object attributeOf(Object element, Map<String, Object> named) {
        return named.containsKey("attribute") ? path(element, Values.text(named.get("attribute"))) : element;
    }

    /** An attribute, or attributes of attributes with dots between. */
    private static Object path(Object element, String path) {
        Object value = element;
        for (Object name : PythonStrings.split(path, ".", -1)) {
            value = Access.attribute(value, Values.text(name));
        }
        return value;
    }

    private static List<Object> map(List<Object> elements, List<Object> arguments, Map<String, Object> named) {
        List<Object> result = new ArrayList<>();
        for (Object element : elements) {
            Object value;
            if (arguments.isEmpty()) {
                value = attributeOf(element, named);
                if (value instanceof Undefined && named.containsKey("default")) {
                    value = named.get("default");
                }
            } else {
                value = apply(Values.text(arguments.getFirst()), element, arguments.subList(1, arguments.size()), named);
            }
            result.add(value);
        }
        return result;
    }

    /** These filters take None, and whatever else is false, for an empty list. */
    private static List<Object> elementsIfTrue(Object input) {
        return Values.isTrue(input) ? Values.elements(input) : new ArrayList<>();
    }

    /** Elements that pass a test, or whose attribute does; without a test those that are true. */
    private static List<Object> filtered(Object input, List<Object> arguments, int attributes, boolean wanted) {
        List<Object> result = new ArrayList<>();
        for (Object element : elementsIfTrue(input)) {
            Object value = attributes == 0 ? element : path(element, Values.text(arguments.getFirst()));
            boolean passes = arguments.size() <= attributes
                    ? Values.isTrue(value)
                    : Tests.holds(Values.text(arguments.get(attributes)), value,
                            arguments.subList(attributes + 1, arguments.size()));
            if (passes == wanted) {
                result.add(element);
            }
        }
        return result;
    }
}
