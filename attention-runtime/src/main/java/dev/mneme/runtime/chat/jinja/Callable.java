package dev.mneme.runtime.chat.jinja;

import java.util.List;
import java.util.Map;

/** A function that templates can call. */
@FunctionalInterface
interface Callable {
    Object call(List<Object> arguments, Map<String, Object> named);
}
