/** The template language against Jinja2 itself. */
@NullMarked
package dev.mneme.runtime.chat.jinja;

import org.jspecify.annotations.NullMarked;
