/**
 * A home directory and the database in it: locked, versioned, opened and closed here.
 */
@NullMarked
package dev.mneme.persistence.home;

import org.jspecify.annotations.NullMarked;
