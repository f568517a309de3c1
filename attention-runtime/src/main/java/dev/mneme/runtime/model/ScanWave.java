package dev.mneme.runtime.model;

import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;
import java.util.ArrayList;
import java.util.List;

/** Batches whose scores are in memory at the same time. */
record ScanWave(List<ScanBatch> batches) {
    /** Scores that a wave may have: as many as caches hold. A single group may need more. */
    private static final int MOST_SCORES = 1 << 20;

    /** A step's beginning groups, in waves; {@code heads} query heads score each block. */
    static List<ScanWave> of(List<BeginningGroup> beginning, int heads) {
        List<ScanWave> waves = new ArrayList<>();
        List<ScanBatch> batches = new ArrayList<>();
        for (int number = 0; number < beginning.size(); number++) {
            if (!batches.isEmpty() && !fits(batches, beginning.get(number), number, heads)) {
                waves.add(new ScanWave(List.copyOf(batches)));
                batches.clear();
            }
            add(batches, beginning.get(number), number, heads);
        }
        if (!batches.isEmpty()) {
            waves.add(new ScanWave(List.copyOf(batches)));
        }
        return waves;
    }

    private static boolean fits(List<ScanBatch> batches, BeginningGroup next, int number, int heads) {
        List<ScanBatch> more = new ArrayList<>(batches);
        add(more, next, number, heads);
        return more.getLast().scoresEnd(heads) <= MOST_SCORES;
    }

    private static void add(List<ScanBatch> batches, BeginningGroup next, int number, int heads) {
        if (!batches.isEmpty() && batches.getLast().slice() == next.slice()) {
            batches.add(batches.removeLast().with(next));
        } else {
            batches.add(ScanBatch.of(next, number, batches.isEmpty() ? 0 : batches.getLast().scoresEnd(heads)));
        }
    }

    int firstGroup() {
        return batches.getFirst().firstGroup();
    }

    int groups() {
        ScanBatch last = batches.getLast();
        return last.firstGroup() + last.groups() - firstGroup();
    }

    /** The batch of one of the wave's groups. */
    ScanBatch batchOf(int group) {
        int found = 0;
        while (group >= batches.get(found).firstGroup() + batches.get(found).groups()) {
            found++;
        }
        return batches.get(found);
    }

    /** Tasks that scan for one KV head. */
    int ranges() {
        int ranges = 0;
        for (ScanBatch batch : batches) {
            ranges += batch.ranges();
        }
        return ranges;
    }

    /** Room for the scores. */
    int scores(int heads) {
        return batches.getLast().scoresEnd(heads);
    }
}
