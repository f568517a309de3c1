package dev.mneme.actors.memory;

import java.util.List;
import java.util.Optional;

/**
 * A session's memory, ready for a turn.
 *
 * @param memory the memory
 * @param spans what has to be computed before the turn can go on, ascending
 * @param reused tokens whose keys and values are there
 * @param rebuiltReason why tokens have to be computed again, if some do
 */
public record OpenedMemory(
        SessionMemory memory, List<ComputeSpan> spans, int reused, Optional<String> rebuiltReason) {}
