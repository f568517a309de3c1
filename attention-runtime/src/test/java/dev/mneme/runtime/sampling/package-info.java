/** Properties of the samplers and the stop matcher, each against a naive form written here. */
@NullMarked
package dev.mneme.runtime.sampling;

import org.jspecify.annotations.NullMarked;
