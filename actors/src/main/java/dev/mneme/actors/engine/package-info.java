/**
 * The engine of a model: one thread that takes the work of all sessions and runs it step after step as mixed batches,
 * a decode token of each generating session first, then prefill chunks shared out fairly.
 */
@NullMarked
package dev.mneme.actors.engine;

import org.jspecify.annotations.NullMarked;
