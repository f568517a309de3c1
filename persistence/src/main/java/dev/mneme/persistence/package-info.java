@NullMarked
package dev.mneme.persistence;

import org.jspecify.annotations.NullMarked;
