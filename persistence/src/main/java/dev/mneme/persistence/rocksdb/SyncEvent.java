package dev.mneme.persistence.rocksdb;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One synced write of the journal, for the flight recorder. */
@Name("dev.mneme.Sync")
@Label("Journal Sync")
@Category("Mneme")
@StackTrace(false)
final class SyncEvent extends Event {
    @Label("Writes")
    int writes;

    void synced(int gathered) {
        end();
        if (shouldCommit()) {
            writes = gathered;
            commit();
        }
    }
}
