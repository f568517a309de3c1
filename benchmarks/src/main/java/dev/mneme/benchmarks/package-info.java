/**
 * How well a model remembers, and at what cost. {@code mneme eval} asks for things that lie far back in a long text:
 * a {@link dev.mneme.benchmarks.Task} makes up texts and questions, a {@link dev.mneme.benchmarks.Course} says which of them share
 * a beginning, a {@link dev.mneme.benchmarks.Reader} takes a text through the model under a memory policy, and
 * {@link dev.mneme.benchmarks.Scores} shows what came of it.
 */
@NullMarked
package dev.mneme.benchmarks;

import org.jspecify.annotations.NullMarked;
