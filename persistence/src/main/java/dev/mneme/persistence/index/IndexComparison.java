package dev.mneme.persistence.index;

import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** Holds the indexes against those that the journal gives when they are built anew, beside them. */
public final class IndexComparison {
    private IndexComparison() {}

    /**
     * Builds the indexes of {@code events} in {@code scratch}, which is empty, and compares those in {@code store} with
     * them.
     *
     * @return which rows differ, such as {@code "turn of acme, 0198…"}; each kind of each session once
     */
    public static Set<String> differences(RecordStore store, EventLog events, RecordStore scratch) {
        IndexRebuild.run(scratch, events);
        Set<String> differences = new LinkedHashSet<>();
        for (Space space : IndexRebuild.FROM_EVENTS) {
            compare(space, store, scratch, differences);
            compare(space, scratch, store, differences);
        }
        return differences;
    }

    private static void compare(Space space, RecordStore from, RecordStore to, Set<String> differences) {
        Key all = Key.in(space);
        from.scan(all, all.end(), record -> {
            if (!to.get(Key.of(record)).filter(other -> equal(record, other)).isPresent()) {
                String tenant = all.textAfter(record.key());
                String of = all.text(tenant).textAfter(record.key());
                differences.add(space.name().toLowerCase(Locale.ROOT) + " of " + tenant + ", " + of);
            }
            return true;
        });
    }

    private static boolean equal(StoredRecord one, StoredRecord other) {
        try {
            return Arrays.equals(one.body(), other.body());
        } catch (BrokenRecordException e) {
            return false;
        }
    }
}
