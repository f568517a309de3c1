@NullMarked
package dev.mneme;

import org.jspecify.annotations.NullMarked;
