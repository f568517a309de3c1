@NullMarked
package dev.mneme.app;

import org.jspecify.annotations.NullMarked;
