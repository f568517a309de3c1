/**
 * Where keys and values of past tokens lie: the format of their numbers, the layout of a block's
 * bytes, the sealing of full blocks, summaries of blocks, and the view of one session's blocks that the forward pass reads and writes. Bytes only:
 * which file or cache they come from is the business of the caller.
 */
@NullMarked
package dev.mneme.runtime.kv;

import org.jspecify.annotations.NullMarked;
