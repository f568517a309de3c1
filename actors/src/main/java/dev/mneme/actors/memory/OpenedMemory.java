package dev.mneme.actors.memory;

import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * A session's memory, ready for a turn.
 *
 * @param memory the memory
 * @param detours what has to be computed first: blocks in the middle of the line that are lost
 * @param spans what has to be computed then, before the turn can go on: the end of the line, ascending
 * @param reused tokens whose keys and values are there
 * @param rebuiltWhy why tokens have to be computed again, if some do
 */
public record OpenedMemory(
        SessionMemory memory, List<Detour> detours, List<ComputeSpan> spans, int reused, SortedSet<String> rebuiltWhy) {
    /** All spans that have to be computed, in order. */
    public Stream<ComputeSpan> toCompute() {
        return Stream.concat(detours.stream().map(Detour::span), spans.stream());
    }

    /** Whether some of it was computed before. */
    public boolean rebuilds() {
        return toCompute().anyMatch(span -> span.kind() == ComputeSpan.Kind.REBUILD);
    }
}
