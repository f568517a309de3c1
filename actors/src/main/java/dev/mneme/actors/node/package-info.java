/** One process's Mneme: the home it has open, its actors, tenants and models, and the way in for the DSL. */
@NullMarked
package dev.mneme.actors.node;

import org.jspecify.annotations.NullMarked;
