/** Tests of the tokenizers: reference data first, then properties. */
@NullMarked
package dev.mneme.runtime.tokenizer;

import org.jspecify.annotations.NullMarked;
