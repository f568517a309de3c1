package dev.mneme.runtime.model;

import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;
import java.util.ArrayList;
import java.util.List;

/** Batches whose scores are in memory at the same time. */
record ScanWave(List<ScanBatch> batches) {
    /** A wave without groups. */
    static final ScanWave NONE = new ScanWave(List.of());

    /** Scores that a wave may have: as many as caches hold. A single group may need more. */
    private static final int MOST_SCORES = 1 << 20;

    /** A step's beginning groups, in waves; {@code heads} query heads score each block. */
    static List<ScanWave> of(List<BeginningGroup> beginning, int heads) {
        List<ScanWave> waves = new ArrayList<>();
        List<ScanBatch> batches = new ArrayList<>();
        for (int number = 0; number < beginning.size(); number++) {
            BeginningGroup next = beginning.get(number);
            boolean joins = !batches.isEmpty() && batches.getLast().slice() == next.slice();
            ScanBatch batch = joins
                    ? batches.getLast().with(next)
                    : ScanBatch.of(next, number, batches.isEmpty() ? 0 : batches.getLast().scoresEnd(heads));
            if (!batches.isEmpty() && batch.scoresEnd(heads) > MOST_SCORES) {
                waves.add(new ScanWave(List.copyOf(batches)));
                batches.clear();
                batch = ScanBatch.of(next, number, 0);
            } else if (joins) {
                batches.removeLast();
            }
            batches.add(batch);
        }
        if (!batches.isEmpty()) {
            waves.add(new ScanWave(List.copyOf(batches)));
        }
        return waves;
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
