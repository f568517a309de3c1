/**
 * Whether a process that serves sessions for long stays as large as it is: {@link dev.mneme.benchmarks.soak.SoakCommand} lets
 * sessions come, grow, branch and go, reads what the process takes every few seconds, and compares the last third of the
 * time with the one before.
 */
@NullMarked
package dev.mneme.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
