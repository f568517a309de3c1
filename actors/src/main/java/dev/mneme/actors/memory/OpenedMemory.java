package dev.mneme.actors.memory;

import java.util.BitSet;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * A session's memory, ready for a turn.
 *
 * @param memory the memory
 * @param tokens length of the line that it is of
 * @param detours what has to be computed first: blocks in the middle of the line that are lost
 * @param spans what has to be computed then, before the turn can go on: the end of the line, ascending
 * @param rebuiltWhy why tokens have to be computed again, if some do
 */
public record OpenedMemory(
        SessionMemory memory, int tokens, List<Detour> detours, List<ComputeSpan> spans, SortedSet<String> rebuiltWhy) {
    /** All spans that have to be computed, in order. */
    public Stream<ComputeSpan> toCompute() {
        return Stream.concat(detours.stream().map(Detour::span), spans.stream());
    }

    /** Tokens whose keys and values are there. The ways to two lost blocks may have tokens in common. */
    public int reused() {
        BitSet toCompute = new BitSet();
        toCompute().forEach(span -> toCompute.set(span.from(), span.to()));
        return tokens - toCompute.cardinality();
    }

    /** Whether some of it was computed before. */
    public boolean rebuilds() {
        return toCompute().anyMatch(span -> span.kind() == ComputeSpan.Kind.REBUILD);
    }
}
