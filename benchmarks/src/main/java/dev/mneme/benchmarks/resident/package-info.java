/**
 * How much memory a session takes that is far longer than memory: {@link dev.mneme.benchmarks.resident.ResidentTable} fills a
 * block store with one and decodes at its end, while the kernel's count is read each second.
 */
@NullMarked
package dev.mneme.benchmarks.resident;

import org.jspecify.annotations.NullMarked;
