/**
 * Keeps the token journal, the only source of truth about a session: what is written to disk, in which format and
 * version, and what can go wrong on the way back.
 */
@NullMarked
package dev.mneme.persistence;

import org.jspecify.annotations.NullMarked;
