@NullMarked
package dev.mneme.store;

import org.jspecify.annotations.NullMarked;
