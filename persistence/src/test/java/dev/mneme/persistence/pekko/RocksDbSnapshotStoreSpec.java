package dev.mneme.persistence.pekko;

import org.apache.pekko.persistence.japi.snapshot.JavaSnapshotStoreSpec;

/** The snapshot store as pekko-persistence-tck wants it; ScalaTest runs it, see {@link PersistenceTckTest}. */
public final class RocksDbSnapshotStoreSpec extends JavaSnapshotStoreSpec {
    public RocksDbSnapshotStoreSpec() {
        super(TckConfig.fresh());
    }
}
