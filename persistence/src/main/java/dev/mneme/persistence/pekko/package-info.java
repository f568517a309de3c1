/**
 * Pekko Persistence's view of the journal: the plugins that its configuration names.
 */
@NullMarked
package dev.mneme.persistence.pekko;

import org.jspecify.annotations.NullMarked;
