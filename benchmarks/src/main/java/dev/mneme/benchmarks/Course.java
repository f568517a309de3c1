package dev.mneme.benchmarks;

import dev.mneme.runtime.kv.KvLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A text and what is asked about it: branches leave the trunk at ends of blocks, so that what they share is read once.
 *
 * @param length   tokens of each text with its question; where several share one, of the longest
 * @param trunk    tokens that branches begin with
 * @param branches in ascending order of where they leave
 */
record Course(int length, int[] trunk, List<Branch> branches) {
    /**
     * One way on.
     *
     * @param from   how much of the trunk comes before, a multiple of 64
     * @param ids    the rest of the text, without the question; may be empty
     * @param trial  what is asked at its end
     * @param hidden the places, in tokens from the start of the text, of what the question is about
     */
    record Branch(int from, int[] ids, Trial trial, List<Span> hidden) {}

    /** Tokens {@code [from, to)}. */
    record Span(int from, int to) {}

    /** A text about which one thing is asked. */
    static Course ofWhole(int[] ids, Trial trial) {
        return new Course(ids.length + trial.question().ids().length, ids, List.of(atEnd(ids, trial, List.of())));
    }

    /** The branch that leaves a text at its last full block and goes on with the rest of it. */
    static Branch atEnd(int[] ids, Trial trial, List<Span> hidden) {
        int from = ids.length / KvLayout.BLOCK * KvLayout.BLOCK;
        return new Branch(from, Arrays.copyOfRange(ids, from, ids.length), trial, hidden);
    }
}
