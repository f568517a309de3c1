/** The models of a process: found by name, loaded at first use, each with its engine, unloaded when idle. */
@NullMarked
package dev.mneme.actors.model;

import org.jspecify.annotations.NullMarked;
