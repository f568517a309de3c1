package dev.mneme.persistence.pekko;

import org.apache.pekko.persistence.japi.journal.JavaJournalSpec;

/** The journal as pekko-persistence-tck wants it; ScalaTest runs it, see {@link PersistenceTckTest}. */
public final class RocksDbJournalSpec extends JavaJournalSpec {
    public RocksDbJournalSpec() {
        super(TckConfig.fresh());
    }
}
