package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.journal.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Source;

/** The query plugin, {@code mneme.read-journal}: the events of one persistence id that are there now. */
public final class RocksDbReadJournal implements CurrentEventsByPersistenceIdQuery {
    /** Its name in the configuration; {@link JournalPlugins#events} for an attached database. */
    public static final String IDENTIFIER = "mneme.read-journal";

    private static final int EVENTS_AT_ONCE = 256;

    private final JournalExtension databases;
    private final Config plugin;
    private final PayloadSerialization serialization;

    RocksDbReadJournal(ExtendedActorSystem system, Config plugin) {
        this.databases = JournalExtension.get(system);
        this.plugin = plugin;
        this.serialization = new PayloadSerialization(system);
    }

    @Override
    public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long from, long to) {
        return Source.lazySource(() -> {
                    JournalDatabase database = databases.database(plugin);
                    long last = Math.min(to, database.events().highestSequenceNr(persistenceId));
                    return Source.unfold(from, first -> page(database, persistenceId, first, last))
                            .mapConcat(page -> page);
                })
                .mapMaterializedValue(started -> NotUsed.getInstance())
                .withAttributes(ActorAttributes.dispatcher(ActorAttributes.IODispatcher().dispatcher()));
    }

    private Optional<Pair<Long, List<EventEnvelope>>> page(
            JournalDatabase database, String persistenceId, long from, long to) {
        List<EventRecord> records = new ArrayList<>();
        database.events().read(persistenceId, from, to, record -> {
            records.add(record);
            return records.size() < EVENTS_AT_ONCE;
        });
        return records.isEmpty()
                ? Optional.empty()
                : Optional.of(Pair.create(
                        records.getLast().sequenceNr() + 1,
                        records.stream().map(record -> envelope(persistenceId, record)).toList()));
    }

    private EventEnvelope envelope(String persistenceId, EventRecord record) {
        return EventEnvelope.apply(
                Offset.sequence(record.sequenceNr()),
                persistenceId,
                record.sequenceNr(),
                serialization.deserialize(persistenceId, record.sequenceNr(), record.event()),
                record.timestamp());
    }
}
