package dev.mneme.runtime.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** The one kind of object whose attributes a template can set. */
record Namespace(Map<String, Object> attributes) {
    static Namespace of(Map<String, Object> attributes) {
        return new Namespace(new HashMap<>(attributes));
    }
}
