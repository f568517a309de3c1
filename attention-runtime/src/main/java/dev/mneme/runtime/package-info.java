@NullMarked
package dev.mneme.runtime;

import org.jspecify.annotations.NullMarked;
