/**
 * Model files. A GGUF file is mapped into memory and read where it lies: its metadata is walked once,
 * its strings are decoded when somebody asks, and its tensors are slices of the map. Everything that a
 * damaged or hostile file could say is checked here, so that the rest of the runtime need not doubt a
 * tensor's bounds.
 */
@NullMarked
package dev.mneme.runtime.gguf;

import org.jspecify.annotations.NullMarked;
