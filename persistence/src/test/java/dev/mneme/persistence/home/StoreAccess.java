package dev.mneme.persistence.home;

import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;

/** Lets tests of other packages reach below a database. */
public final class StoreAccess {
    private StoreAccess() {}

    public static RecordStore store(JournalDatabase database) {
        return database.store();
    }

    /** Makes the indexes look as if an older version had written them, with rows that mean nothing now. */
    public static void forgetIndexVersion(JournalDatabase database) {
        Key heads = Key.in(Space.HEAD);
        database.store().removeUnsynced(heads, heads.end());
        database.store()
                .commit(batch -> {
                    batch.delete(Key.in(Space.META).text("index"));
                    return true;
                })
                .join();
    }
}
