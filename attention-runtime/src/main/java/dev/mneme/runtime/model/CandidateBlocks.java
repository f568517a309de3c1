package dev.mneme.runtime.model;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;
import java.util.Arrays;
import java.util.List;

/**
 * The candidates of query groups the other way round: each block once for a session and KV head, with the groups that
 * have it as a candidate, so that it is read once for all of them; and room for what they score. Groups that begin in a
 * step have many candidates in common.
 *
 * <p>Each such block has a place. Entries, one for each candidate of each group and KV head, are numbered so that those of
 * one group and KV head follow one another in the order of its candidates. From a place one comes to its last entry, and
 * from an entry to the one before that has the same place. Filled by the engine thread, read by all workers; room only grows.
 */
final class CandidateBlocks {
    /** Scores that are in memory at the same time, unless a single group has more. */
    static final int MOST_SCORES = 1 << 20;

    /** No place, no entry. */
    static final int NONE = -1;

    private final int modelKvHeads;
    private final int queryHeads;
    private final int mostScores;
    private int firstGroup;
    private int endGroup;
    /** Number of places. */
    private int size;
    /** By block number: its place among those of the session and KV head that are being gathered. */
    private int[] places = new int[0];
    /** By place. */
    private int[] blocks = new int[0];
    private BlockPayload[] payloads = new BlockPayload[0];
    private int[] kvHeads = new int[0];
    private int[] lastEntries = new int[0];
    /** Number of entries. */
    private int entries;
    /** By entry. */
    private int[] groups = new int[0];
    private int[] entriesBefore = new int[0];
    /** By group and KV head. */
    private int[] firstEntries = new int[0];
    private float[] maxima = new float[0];
    private float[] sums = new float[0];

    /** For a model with this many KV heads, each of which serves {@code queryHeads} query heads. */
    CandidateBlocks(int modelKvHeads, int queryHeads, int mostScores) {
        this.modelKvHeads = modelKvHeads;
        this.queryHeads = queryHeads;
        this.mostScores = mostScores;
    }

    /**
     * Gathers the candidates of a step's groups from {@code first} on, as many as there is room for, but at least of one,
     * and asks the sessions for the blocks. Engine thread.
     */
    void gather(List<BeginningGroup> beginning, int first) {
        reserve(beginning, first);
        for (int from = first; from < endGroup; ) {
            int to = from + 1;
            while (to < endGroup && beginning.get(to).slice() == beginning.get(from).slice()) {
                to++;
            }
            for (int kvHead = 0; kvHead < modelKvHeads; kvHead++) {
                gather(beginning, from, to, kvHead);
            }
            from = to;
        }
    }

    private void reserve(List<BeginningGroup> beginning, int first) {
        firstGroup = first;
        endGroup = first;
        size = 0;
        entries = 0;
        int all = 0;
        int longest = 0;
        do {
            QueryGroup group = beginning.get(endGroup++).group();
            all += candidates(group);
            longest = Math.max(longest, group.frame.firstLocal());
        } while (endGroup < beginning.size()
                && (all + candidates(beginning.get(endGroup).group())) * queryHeads <= mostScores);
        if (groups.length < all) {
            groups = new int[all];
            entriesBefore = new int[all];
            blocks = new int[all];
            payloads = new BlockPayload[all];
            kvHeads = new int[all];
            lastEntries = new int[all];
            maxima = new float[all * queryHeads];
            sums = new float[all * queryHeads];
        }
        if (places.length < longest) {
            places = new int[longest];
            Arrays.fill(places, NONE);
        }
        if (firstEntries.length < (endGroup - first) * modelKvHeads) {
            firstEntries = new int[(endGroup - first) * modelKvHeads];
        }
    }

    private static int candidates(QueryGroup group) {
        int candidates = 0;
        for (int[] ofKvHead : group.candidates) {
            candidates += ofKvHead.length;
        }
        return candidates;
    }

    /** The candidates of one slice's groups. */
    private void gather(List<BeginningGroup> beginning, int from, int to, int kvHead) {
        int first = size;
        for (int number = from; number < to; number++) {
            firstEntries[index(number, kvHead)] = entries;
            for (int block : beginning.get(number).group().candidates[kvHead]) {
                add(block, kvHead, number);
            }
        }
        for (int place = first; place < size; place++) {
            places[blocks[place]] = NONE;
        }
        QueryGroup last = beginning.get(to - 1).group();
        last.slice().expect(Arrays.copyOfRange(blocks, first, size));
        for (int place = first; place < size; place++) {
            payloads[place] = last.slice().planned(blocks[place], last.frame.own());
        }
    }

    private void add(int block, int kvHead, int number) {
        int place = places[block];
        if (place == NONE) {
            place = size++;
            places[block] = place;
            blocks[place] = block;
            kvHeads[place] = kvHead;
            lastEntries[place] = NONE;
        }
        groups[entries] = number;
        entriesBefore[entries] = lastEntries[place];
        lastEntries[place] = entries++;
    }

    private int index(int group, int kvHead) {
        return (group - firstGroup) * modelKvHeads + kvHead;
    }

    /** The first of the gathered groups. */
    int firstGroup() {
        return firstGroup;
    }

    /** The group behind the last one. */
    int endGroup() {
        return endGroup;
    }

    /** Number of places. */
    int size() {
        return size;
    }

    BlockPayload payload(int place) {
        return payloads[place];
    }

    int kvHead(int place) {
        return kvHeads[place];
    }

    /** The last entry of a place. */
    int lastEntry(int place) {
        return lastEntries[place];
    }

    /** The entry before of the same place, or {@link #NONE}. */
    int entryBefore(int entry) {
        return entriesBefore[entry];
    }

    /** The group that has an entry's block as a candidate. */
    int group(int entry) {
        return groups[entry];
    }

    /** Where the result of an entry's first query head goes; that of the next head, as many further as the group has candidates. */
    int result(int entry, int kvHead) {
        int first = firstEntries[index(groups[entry], kvHead)];
        return first * queryHeads + entry - first;
    }

    /** Where the results of a group's first query head begin. */
    int results(int group, int kvHead) {
        return firstEntries[index(group, kvHead)] * queryHeads;
    }

    /** The greatest score of a block's keys, by {@link #results}. */
    float[] maxima() {
        return maxima;
    }

    /** The sums that belong to {@link #maxima}. */
    float[] sums() {
        return sums;
    }

    /** Lets go of the sessions' memory. */
    void release() {
        Arrays.fill(payloads, 0, size, null);
        size = 0;
    }
}
