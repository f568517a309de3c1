/**
 * What a turn remembered: which queries of it are looked at, and the stretches of the session's text that their attention
 * went to.
 */
@NullMarked
package dev.mneme.actors.recall;

import org.jspecify.annotations.NullMarked;
