package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import dev.mneme.persistence.JournalOrderException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.SessionNameTakenException;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.journal.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * The journal plugin, {@code mneme.journal}. A write is answered when it is durable; an event that contradicts the
 * journal is rejected, which is the actor's error, while a journal that cannot be written fails, which is not.
 */
public final class RocksDbJournal extends AsyncWriteJournal {
    private final JournalExtension databases = JournalExtension.get(context().system());
    private final PayloadSerialization serialization = new PayloadSerialization(context().system());
    private final ExecutionContext reads = context().system().dispatchers().lookup("mneme.journal.replay-dispatcher");
    private final Config plugin;

    /** @param plugin the plugin's configuration */
    public RocksDbJournal(Config plugin) {
        this.plugin = plugin;
    }

    private JournalDatabase database() {
        return databases.database(plugin);
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
        List<CompletableFuture<Optional<Exception>>> outcomes = new ArrayList<>();
        writes.forEach(write -> outcomes.add(write(write)));
        return FutureConverters.asScala(CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenApply(all -> outcomes.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<Optional<Exception>> write(AtomicWrite write) {
        List<EventRecord> records = new ArrayList<>();
        try {
            CollectionConverters.asJava(write.payload()).forEach(event -> records.add(record(event)));
        } catch (Exception e) { // Scala code also throws checked exceptions, such as NotSerializableException
            return CompletableFuture.completedFuture(Optional.of(e));
        }
        return database().append(write.persistenceId(), records)
                .handle((written, failure) -> failure)
                .thenCompose(RocksDbJournal::outcome);
    }

    private static CompletableFuture<Optional<Exception>> outcome(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> CompletableFuture.completedFuture(Optional.empty());
            case JournalOrderException e -> CompletableFuture.completedFuture(Optional.of(e));
            case SessionNameTakenException e -> CompletableFuture.completedFuture(Optional.of(e));
            case SessionGoneException e -> CompletableFuture.completedFuture(Optional.of(e));
            case Throwable e -> CompletableFuture.failedFuture(e);
        };
    }

    private EventRecord record(PersistentRepr event) {
        if (event.metadata().isDefined()) {
            throw new UnsupportedOperationException("the mneme journal keeps no metadata of events");
        }
        return new EventRecord(
                event.sequenceNr(),
                serialization.serialize(event.payload()),
                event.manifest(),
                event.writerUuid(),
                event.timestamp());
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
        return Futures.future(
                () -> {
                    long[] left = {max};
                    if (max > 0) {
                        database().events().read(persistenceId, from, to, record -> {
                            replay.accept(event(persistenceId, record));
                            left[0]--;
                            return left[0] > 0;
                        });
                    }
                    return done();
                },
                reads);
    }

    private PersistentRepr event(String persistenceId, EventRecord record) {
        return PersistentRepr.apply(
                        serialization.deserialize(persistenceId, record.sequenceNr(), record.event()),
                        record.sequenceNr(),
                        persistenceId,
                        record.adapterManifest(),
                        false,
                        ActorRef.noSender(),
                        record.writerUuid())
                .withTimestamp(record.timestamp());
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
        return Futures.future(() -> database().events().highestSequenceNr(persistenceId), reads);
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long to) {
        return FutureConverters.asScala(database().events().delete(persistenceId, to).thenApply(deleted -> done()));
    }

    /** What Pekko's Java interface asks for where there is nothing to say. */
    @SuppressWarnings("NullAway")
    private static Void done() {
        return null;
    }
}
