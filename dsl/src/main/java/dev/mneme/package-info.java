/**
 * What a service imports: sessions that are opened by name and told only what is new, and turns with their replies and
 * receipts. Start at {@link dev.mneme.Mneme}.
 */
@NullMarked
package dev.mneme;

import org.jspecify.annotations.NullMarked;
