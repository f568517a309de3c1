package dev.mneme.persistence.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mneme.persistence.Directories;
import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionPersistenceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugins under a real typed persistent actor. */
class PluginsTest {
    private static final SessionPersistenceId SESSION = new SessionPersistenceId("acme", "s");
    private static final Config CONFIG = ConfigFactory.parseString("pekko.loglevel = OFF").withFallback(ConfigFactory.load());

    @TempDir
    Path directory;

    /** Persists what it is told, and answers with how many events it has seen. */
    private record Tell(List<SessionEvent> events, ActorRef<Integer> replyTo) {}

    private static final class Recorder extends EventSourcedBehavior<Tell, SessionEvent, Integer> {
        private final JournalPlugins plugins;

        Recorder(JournalPlugins plugins) {
            super(PersistenceId.ofUniqueId(SESSION.text()));
            this.plugins = plugins;
        }

        @Override
        public String journalPluginId() {
            return plugins.journal();
        }

        @Override
        public Optional<Config> journalPluginConfig() {
            return Optional.of(plugins.config());
        }

        @Override
        public String snapshotPluginId() {
            return plugins.snapshots();
        }

        @Override
        public Optional<Config> snapshotPluginConfig() {
            return Optional.of(plugins.config());
        }

        @Override
        public Integer emptyState() {
            return 0;
        }

        @Override
        public CommandHandler<Tell, SessionEvent, Integer> commandHandler() {
            return (state, tell) ->
                    Effect().persist(tell.events()).thenReply(tell.replyTo(), seen -> seen);
        }

        @Override
        public EventHandler<Integer, SessionEvent> eventHandler() {
            return (seen, event) -> seen + 1;
        }
    }

    private static int tell(ActorSystem<?> system, ActorRef<Tell> recorder, SessionEvent... events) throws Exception {
        return AskPattern.ask(
                        recorder,
                        (ActorRef<Integer> replyTo) -> new Tell(List.of(events), replyTo),
                        Duration.ofSeconds(20),
                        system.scheduler())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static ActorRef<Tell> start(ActorSystem<?> system, JournalPlugins plugins, String name) {
        return system.systemActorOf(new Recorder(plugins), name, Props.empty());
    }

    private static void stop(ActorSystem<?> system) throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static SessionEvent sampled(int position) {
        return new TokensSampled(1, position, Tokens.of(position + 100));
    }

    @Test
    void whatAnActorPersistsIsReplayedIndexedAndQueried() throws Exception {
        SessionEvent created = new SessionCreated("acme", "ines", "s", 1, Samples.FACTS, Optional.empty());
        SessionEvent started = new TurnStarted(
                1,
                TurnKind.SAY,
                Optional.empty(),
                0,
                Tokens.NONE,
                0,
                Samples.OPTIONS,
                Optional.empty(),
                1);
        try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "first", CONFIG);
            ActorRef<Tell> recorder = start(system, JournalExtension.get(system).attach(database), "recorder");
            assertThat(tell(system, recorder, created, started)).isEqualTo(2);
            for (int position = 0; position < 600; position += 2) {
                tell(system, recorder, sampled(position), sampled(position + 1));
            }
            assertThat(database.index("acme").tokens(new BranchId("s", 1), 0, 600))
                    .isEqualTo(IntStream.range(100, 700).toArray());
            stop(system);
        }

        try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "second", CONFIG);
            JournalPlugins plugins = JournalExtension.get(system).attach(database);
            assertThat(tell(system, start(system, plugins, "recorder"))).isEqualTo(602);

            List<EventEnvelope> events = query(system, plugins)
                    .currentEventsByPersistenceId(SESSION.text(), 1, Long.MAX_VALUE)
                    .runWith(Sink.seq(), system)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThat(events).hasSize(602);
            assertThat(events.getFirst().event()).isEqualTo(created);
            assertThat(events).extracting(EventEnvelope::sequenceNr).isSorted();
            assertThat(query(system, plugins)
                            .currentEventsByPersistenceId(SESSION.text(), 300, 310)
                            .map(EventEnvelope::sequenceNr)
                            .runWith(Sink.seq(), system)
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(300, 310).mapToObj(Long::valueOf).toList());
            stop(system);
        }
    }

    private static RocksDbReadJournal query(ActorSystem<?> system, JournalPlugins plugins) {
        return PersistenceQuery.get(system)
                .getReadJournalFor(RocksDbReadJournal.class, plugins.events(), plugins.config());
    }

    /** The same persistence id in both: they must not see each other's events. */
    @Test
    void anActorSystemHasAsManyJournalsAsAreAttached() throws Exception {
        SessionEvent created = new SessionCreated("acme", "ines", "s", 1, Samples.FACTS, Optional.empty());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "both", CONFIG);
        try (JournalDatabase other = open("other")) {
            JournalPlugins plugins;
            try (JournalDatabase one = open("one")) {
                plugins = JournalExtension.get(system).attach(one);
                JournalPlugins others = JournalExtension.get(system).attach(other);
                assertThat(tell(system, start(system, plugins, "one"), created)).isEqualTo(1);
                assertThat(tell(system, start(system, others, "other"))).isZero();
            }
            try (JournalDatabase again = open("one")) {
                assertThat(JournalExtension.get(system).attach(again)).isEqualTo(plugins);
                assertThat(tell(system, start(system, plugins, "again"))).isEqualTo(1);
            }
        }
        stop(system);
    }

    private JournalDatabase open(String name) {
        return JournalDatabase.open(directory.resolve(name), Directories.NATIVE_CACHE);
    }
}
