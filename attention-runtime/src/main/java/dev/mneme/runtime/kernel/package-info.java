/**
 * The arithmetic of a layer behind one interface, {@link dev.mneme.runtime.kernel.Kernels}: a plain
 * scalar reference to read and to compare with, and a Vector API backend with the same bits.
 */
@NullMarked
package dev.mneme.runtime.kernel;

import org.jspecify.annotations.NullMarked;
