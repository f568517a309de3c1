/**
 * The model: what a file says it is, its weights, and the forward pass that turns tokens into logits.
 */
@NullMarked
package dev.mneme.runtime.model;

import org.jspecify.annotations.NullMarked;
