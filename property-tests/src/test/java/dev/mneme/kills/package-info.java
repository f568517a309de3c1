/**
 * Processes that are killed, and homes that are damaged: what was shown is there again, what follows is what would have
 * followed, and nothing wrong is served.
 */
@NullMarked
package dev.mneme.kills;

import org.jspecify.annotations.NullMarked;
