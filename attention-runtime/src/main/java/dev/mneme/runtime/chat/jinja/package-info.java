/**
 * The Jinja language as far as chat templates use it, with Python's rules for values: what Jinja 3 renders with
 * {@code trim_blocks} and {@code lstrip_blocks}, in a sandbox that reaches nothing but the values it is given.
 *
 * <p>Source text → {@code Lexer} → {@code Parser} → a tree of {@code Statement}s and {@code Expression}s, run by
 * {@code Runner} and {@code Evaluator}. It is our own because the general engine for the JVM needs 1.4 to 2 seconds to
 * start, more than a cold process may take to resume a conversation, and cannot run templates such as Qwen 3's.
 */
@NullMarked
package dev.mneme.runtime.chat.jinja;

import org.jspecify.annotations.NullMarked;
