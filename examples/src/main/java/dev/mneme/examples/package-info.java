@NullMarked
package dev.mneme.examples;

import org.jspecify.annotations.NullMarked;
