package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.query.ReadJournalProvider;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;

/** What Pekko creates to get {@link RocksDbReadJournal}. */
public final class RocksDbReadJournalProvider implements ReadJournalProvider {
    private final RocksDbReadJournal journal;

    public RocksDbReadJournalProvider(ExtendedActorSystem system, Config plugin) {
        this.journal = new RocksDbReadJournal(system, plugin);
    }

    @Override
    public CurrentEventsByPersistenceIdQuery javadslReadJournal() {
        return journal;
    }

    @Override
    public org.apache.pekko.persistence.query.scaladsl.CurrentEventsByPersistenceIdQuery scaladslReadJournal() {
        return (persistenceId, from, to) ->
                journal.currentEventsByPersistenceId(persistenceId, (Long) from, (Long) to).asScala();
    }
}
