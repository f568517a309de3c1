package dev.mneme.runtime.chat.jinja;

/** Python's {@code None}: a value like any other, never a Java null. */
enum None {
    NONE
}
