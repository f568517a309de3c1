/** The promises as properties, from the public interface down to the bits of the blocks. */
@NullMarked
package dev.mneme.promises;

import org.jspecify.annotations.NullMarked;
