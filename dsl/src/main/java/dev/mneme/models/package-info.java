/**
 * Where model files come from. {@link dev.mneme.models.ModelCatalog} turns what a user writes (a catalog name, a path,
 * an address on a hub) into a local file whose SHA-256 is known, fetching it when asked to. Everything else in Mneme
 * only ever sees that file.
 */
@NullMarked
package dev.mneme.models;

import org.jspecify.annotations.NullMarked;
