package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.journal.SnapshotRecord;
import java.util.Optional;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The snapshot plugin, {@code mneme.snapshot-store}. */
public final class RocksDbSnapshotStore extends SnapshotStore {
    private final JournalExtension databases = JournalExtension.get(context().system());
    private final PayloadSerialization serialization = new PayloadSerialization(context().system());
    private final ExecutionContext reads = context().system().dispatchers().lookup("mneme.journal.replay-dispatcher");
    private final Config plugin;

    /** @param plugin the plugin's configuration */
    public RocksDbSnapshotStore(Config plugin) {
        this.plugin = plugin;
    }

    private JournalDatabase database() {
        return databases.database(plugin);
    }

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return Futures.future(
                () -> database().snapshots()
                        .latest(
                                persistenceId,
                                criteria.maxSequenceNr(),
                                snapshot -> criteria.matches(metadata(persistenceId, snapshot)))
                        .map(snapshot -> new SelectedSnapshot(
                                metadata(persistenceId, snapshot),
                                serialization.deserialize(persistenceId, snapshot.sequenceNr(), snapshot.snapshot()))),
                reads);
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return FutureConverters.asScala(database().snapshots()
                .save(
                        metadata.persistenceId(),
                        new SnapshotRecord(
                                metadata.sequenceNr(), metadata.timestamp(), serialization.serialize(snapshot)))
                .thenApply(saved -> done()));
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        return FutureConverters.asScala(database().snapshots()
                .delete(
                        metadata.persistenceId(),
                        // Who does not know the time of a snapshot says 0.
                        snapshot -> snapshot.sequenceNr() == metadata.sequenceNr()
                                && (metadata.timestamp() == 0 || snapshot.timestamp() == metadata.timestamp()))
                .thenApply(deleted -> done()));
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(database().snapshots()
                .delete(persistenceId, snapshot -> criteria.matches(metadata(persistenceId, snapshot)))
                .thenApply(deleted -> done()));
    }

    private static SnapshotMetadata metadata(String persistenceId, SnapshotRecord snapshot) {
        return new SnapshotMetadata(persistenceId, snapshot.sequenceNr(), snapshot.timestamp());
    }

    /** What Pekko's Java interface asks for where there is nothing to say. */
    @SuppressWarnings("NullAway")
    private static Void done() {
        return null;
    }
}
