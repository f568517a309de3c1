/**
 * The {@code mneme} command: what the library does, from a terminal. {@link dev.mneme.app.Main} reads the arguments,
 * each command is a class, and all they say goes through one {@link dev.mneme.app.Console}.
 */
@NullMarked
package dev.mneme.app;

import org.jspecify.annotations.NullMarked;
