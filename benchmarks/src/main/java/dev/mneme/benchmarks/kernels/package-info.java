/**
 * How fast single kernels are, beside what the processor can do at most. {@link dev.mneme.benchmarks.kernels.KernelTable} runs the
 * JMH benchmarks of this package and prints the table.
 */
@NullMarked
package dev.mneme.benchmarks.kernels;

import org.jspecify.annotations.NullMarked;
