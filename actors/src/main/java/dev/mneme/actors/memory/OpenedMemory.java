package dev.mneme.actors.memory;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A session's memory, ready for a turn.
 *
 * @param memory the memory
 * @param detours what has to be computed first: blocks in the middle of the line that are lost
 * @param spans what has to be computed then, before the turn can go on: the end of the line, ascending
 * @param reused tokens whose keys and values are there
 * @param rebuiltReason why tokens have to be computed again, if some do
 */
public record OpenedMemory(
        SessionMemory memory, List<Detour> detours, List<ComputeSpan> spans, int reused, Optional<String> rebuiltReason) {
    /** All spans that have to be computed, in order. */
    public Stream<ComputeSpan> toCompute() {
        return Stream.concat(detours.stream().map(Detour::span), spans.stream());
    }
}
