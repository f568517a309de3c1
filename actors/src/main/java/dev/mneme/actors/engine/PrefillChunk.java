package dev.mneme.actors.engine;

import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.StepMemory;

/**
 * Some of the tokens that a turn computes before it samples.
 *
 * @param tokens the tokens
 * @param memory what they are computed with
 * @param place  where they are in the session's line
 */
record PrefillChunk(ComputeSpan tokens, StepMemory memory, Place place) {
    enum Place {
        /** In the middle: lost blocks. */
        DETOUR,
        /** At its end, with more to come. */
        LINE,
        /** The very last ones, whose logits begin a reply. */
        LINE_END
    }
}
