/**
 * Compute threads of a forward pass: a fixed crew that runs the tasks of one stage after another,
 * with a barrier that spins before it parks, since a token passes hundreds of stages.
 */
@NullMarked
package dev.mneme.runtime.compute;

import org.jspecify.annotations.NullMarked;
