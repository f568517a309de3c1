/** The arrows between modules, as tests. */
@NullMarked
package dev.mneme.architecture;

import org.jspecify.annotations.NullMarked;
