/**
 * Turns events and snapshots into bytes and back: every field written by hand, every kind with its name, its version
 * and its fixed registration id, so that a record written today is read by every later version.
 */
@NullMarked
package dev.mneme.persistence.serialization;

import org.jspecify.annotations.NullMarked;
