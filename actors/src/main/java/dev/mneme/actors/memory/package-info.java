/**
 * A session's memory as a turn sees it: the chain of block keys, the leases on sealed blocks, the open blocks being
 * written, what has to be computed again, and the tail that is kept when the turn ends.
 */
@NullMarked
package dev.mneme.actors.memory;

import org.jspecify.annotations.NullMarked;
