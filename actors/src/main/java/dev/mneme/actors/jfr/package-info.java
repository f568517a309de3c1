/** Flight recorder events: what took time in a turn, for whoever records. They cost nothing when nobody does. */
@NullMarked
package dev.mneme.actors.jfr;

import org.jspecify.annotations.NullMarked;
