/**
 * The journal itself: events and snapshots by persistence id and sequence number, whatever they are about.
 */
@NullMarked
package dev.mneme.persistence.journal;

import org.jspecify.annotations.NullMarked;
