/** The promise "pure": the bits of logits, keys and values depend on the model and the tokens before alone. */
@NullMarked
package dev.mneme.runtime.bits;

import org.jspecify.annotations.NullMarked;
