/**
 * The words of the journal: what has happened to a session, as past-tense events, and the small snapshot that spares a
 * reader from going through all of them.
 *
 * <p>Positions count tokens from the start of the session (0 = before the first token). Turns are numbered from 1, so
 * that "turn n" and "n turns kept" are the same number and 0 means none.
 */
@NullMarked
package dev.mneme.persistence.event;

import org.jspecify.annotations.NullMarked;
