package dev.mneme.benchmarks;

import java.util.List;

/**
 * A question about a text and what was hidden there for it.
 *
 * @param task      the kind of question
 * @param depth     where the answer lies, from 0 to 1; NaN where it lies everywhere
 * @param seed      what the trial was drawn from
 * @param plantings what has to be in the text
 * @param question  the question
 */
record Trial(Task task, double depth, long seed, List<Planting> plantings, Question question) {}
