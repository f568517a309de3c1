package dev.mneme.benchmarks;

import java.util.Map;

/**
 * What came of one trial.
 *
 * @param arm      name of the policy
 * @param length   tokens of the text with its question
 * @param value    in the units of the task's measure
 * @param said     the answer, where one was written
 * @param recall   where attention went for it
 * @param captured by layer, how much of all attention the plans captured meanwhile; empty if nobody asked
 * @param seconds  for what the trial did not share with others
 */
record Score(
        Trial trial, String arm, int length, double value, String said, Recall recall, Map<Integer, Double> captured,
        double seconds) {}
