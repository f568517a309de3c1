package dev.mneme.benchmarks;

/**
 * Something hidden in a text.
 *
 * @param depth where: from 0, the beginning, to 1, the end
 * @param ids   its tokens
 * @param asked whether the question is about it; others are there to mislead
 */
record Planting(double depth, int[] ids, boolean asked) {}
