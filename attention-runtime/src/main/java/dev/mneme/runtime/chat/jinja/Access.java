package dev.mneme.runtime.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices. What is not there is undefined; what has no such things is an error. */
final class Access {
    private Access() {}

    /** {@code target.name}: an attribute, or the item of that name. */
    static Object attribute(Object target, String name) {
        return switch (target) {
            case Namespace namespace -> orUndefined(namespace.attributes().get(name), name);
            case Map<?, ?> map -> orUndefined(map.get(name), name);
            case Undefined undefined -> throw new JinjaException("'" + undefined.what() + "' is undefined");
            default -> new Undefined(name);
        };
    }

    /** {@code target[key]}. */
    static Object item(Object target, Object key) {
        return switch (target) {
            case Map<?, ?> map -> orUndefined(map.get(key), Values.text(key));
            case Namespace namespace -> attribute(namespace, Values.text(key));
            case List<?> list when Values.isNumber(key) -> {
                long index = fromEnd(Values.integer(key), list.size());
                yield index >= 0 && index < list.size() ? list.get((int) index) : new Undefined("item " + key);
            }
            case String text when Values.isNumber(key) -> item(Values.elements(text), key);
            case Undefined undefined -> throw new JinjaException("'" + undefined.what() + "' is undefined");
            default -> new Undefined(Values.text(key));
        };
    }

    private static Object orUndefined(@Nullable Object value, String name) {
        return value == null ? new Undefined(name) : value;
    }

    private static long fromEnd(long index, long size) {
        return index < 0 ? index + size : index;
    }

    /** {@code target[from:to:step]} of a list or a text. */
    static Object slice(Object target, Optional<Object> from, Optional<Object> to, Optional<Object> step) {
        List<Object> source = Values.elements(target);
        long by = bound(step).orElse(1L);
        if (by == 0) {
            throw new JinjaException("a slice's step cannot be zero");
        }
        long size = source.size();
        long least = by > 0 ? 0 : -1;
        long most = by > 0 ? size : size - 1;
        long start = bound(from).map(i -> Math.clamp(fromEnd(i, size), least, most)).orElse(by > 0 ? least : most);
        long end = bound(to).map(i -> Math.clamp(fromEnd(i, size), least, most)).orElse(by > 0 ? most : least);
        List<Object> result = new ArrayList<>();
        for (long i = start; by > 0 ? i < end : i > end; i += by) {
            result.add(source.get((int) i));
        }
        return target instanceof String
                ? result.stream().map(Values::text).collect(Collectors.joining())
                : result;
    }

    private static Optional<Long> bound(Optional<Object> value) {
        return value.filter(v -> v != None.NONE).map(Values::integer);
    }
}
