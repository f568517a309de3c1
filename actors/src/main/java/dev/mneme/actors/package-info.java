@NullMarked
package dev.mneme.actors;

import org.jspecify.annotations.NullMarked;
