package dev.mneme.runtime.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; a loop or macro has a scope of its own, in which assignments stay. */
final class Scope {
    private final @Nullable Scope parent;
    private final Map<String, Object> values = new HashMap<>();

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    Object get(String name) {
        for (@Nullable Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Undefined(name);
    }
}
