/** What belongs to one tenant alone: its secret, its blocks, its tails. */
@NullMarked
package dev.mneme.actors.tenant;

import org.jspecify.annotations.NullMarked;
