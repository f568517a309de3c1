package dev.mneme.runtime.chat.jinja;

/** The value of a name, attribute or item that does not exist: empty as text, list and truth, an error for anything else. */
record Undefined(String what) {}
