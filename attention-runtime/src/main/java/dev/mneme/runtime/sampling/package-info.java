/**
 * From logits to the next token, and when to stop. Nothing here has a state that must be kept: a draw is a function of the
 * turn's seed and the token's position, and what penalties and stop strings look back on can be replayed from the journal.
 */
@NullMarked
package dev.mneme.runtime.sampling;

import org.jspecify.annotations.NullMarked;
