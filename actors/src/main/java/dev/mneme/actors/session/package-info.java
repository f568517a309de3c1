/**
 * The session actor: the only writer of its journal. It turns commands into events, hands work to the engine, and tells
 * callers what has become durable.
 */
@NullMarked
package dev.mneme.actors.session;

import org.jspecify.annotations.NullMarked;
