package dev.mneme.actors.engine;

import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.Detour;
import dev.mneme.actors.memory.SessionMemory;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * What is left to compute of a turn before it samples: first lost blocks in the middle of its line, the one that was found
 * last before those that wait for it, then the end of the line. For the engine thread.
 */
final class Prefill {
    private final SessionMemory memory;
    private final Deque<Detour> detours;
    private final Deque<ComputeSpan> line;
    /** Positions that are or will be computed. */
    private final BitSet known = new BitSet();
    /** Positions that were computed. */
    private final BitSet done = new BitSet();
    private int foundLost;

    Prefill(SessionMemory memory, List<Detour> detours, List<ComputeSpan> line) {
        this.memory = memory;
        this.detours = new ArrayDeque<>(detours);
        this.line = new ArrayDeque<>(line);
        detours.forEach(detour -> known.set(detour.span().from(), detour.span().to()));
        line.forEach(span -> known.set(span.from(), span.to()));
    }

    boolean isDone() {
        return detours.isEmpty() && line.isEmpty();
    }

    /** The next tokens, at most {@code limit}, that are computed under one policy. */
    PrefillChunk next(int limit) {
        if (!detours.isEmpty()) {
            Detour detour = detours.getFirst();
            return new PrefillChunk(first(detour.span(), limit), detour.memory(), PrefillChunk.Place.DETOUR);
        }
        ComputeSpan chunk = first(line.getFirst(), limit);
        boolean ends = line.size() == 1 && chunk.to() == line.getFirst().to();
        return new PrefillChunk(chunk, memory, ends ? PrefillChunk.Place.LINE_END : PrefillChunk.Place.LINE);
    }

    private ComputeSpan first(ComputeSpan span, int limit) {
        int end = Math.min(Math.min(span.to(), memory.nextChange(span.from())), span.from() + limit);
        return new ComputeSpan(span.from(), Arrays.copyOf(span.tokens(), end - span.from()), span.kind());
    }

    /** How many tokens of a chunk are computed for the first time in this turn: on the way to lost blocks some are twice. */
    int firstTime(PrefillChunk chunk) {
        return add(chunk.tokens(), done);
    }

    /** Adds a span to some positions; how many of its own are new among them. */
    private static int add(ComputeSpan span, BitSet positions) {
        int before = positions.get(span.from(), span.to()).cardinality();
        positions.set(span.from(), span.to());
        return span.to() - span.from() - before;
    }

    /** Takes a chunk off that was computed. */
    void computed(PrefillChunk chunk) {
        if (chunk.place() == PrefillChunk.Place.DETOUR) {
            Detour detour = detours.removeFirst();
            if (chunk.tokens().to() < detour.span().to()) {
                detours.addFirst(new Detour(rest(detour.span(), chunk.tokens().to()), detour.memory()));
            }
        } else {
            ComputeSpan span = line.removeFirst();
            if (chunk.tokens().to() < span.to()) {
                line.addFirst(rest(span, chunk.tokens().to()));
            }
        }
        chunk.memory().written(chunk.tokens().from(), chunk.tokens().to());
    }

    private static ComputeSpan rest(ComputeSpan span, int from) {
        int[] tokens = Arrays.copyOfRange(span.tokens(), from - span.from(), span.tokens().length);
        return new ComputeSpan(from, tokens, span.kind());
    }

    /** Puts detours before all else. */
    void detour(List<Detour> found) {
        found.reversed().forEach(detours::addFirst);
        found.forEach(detour -> foundLost += add(detour.span(), known));
    }

    /** Tokens that have to be computed again because of what turned out to be lost when it was read. */
    int foundLost() {
        return foundLost;
    }
}
