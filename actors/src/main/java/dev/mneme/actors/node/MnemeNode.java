package dev.mneme.actors.node;

import dev.mneme.actors.model.ModelPool;
import dev.mneme.actors.model.ModelSource;
import dev.mneme.actors.session.SessionCommand;
import dev.mneme.actors.session.SessionRegistry;
import dev.mneme.actors.session.SessionReply;
import dev.mneme.actors.verification.HomeRepair;
import dev.mneme.actors.verification.HomeReport;
import dev.mneme.actors.verification.HomeVerification;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.home.Home;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.pekko.JournalExtension;
import dev.mneme.persistence.pekko.JournalPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one process has of a home: its lock, its journal, its tenants' stores, its models and its actors.
 * Thread-safe. Methods block and may be called from virtual threads.
 */
public final class MnemeNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MnemeNode.class);

    private static final Path NATIVE_CACHE =
            Path.of(System.getProperty("user.home"), ".cache", "mneme", "native");

    /** Numbers the registries of this process: an actor system that was passed in may have had, or have, others. */
    private static final AtomicLong REGISTRIES = new AtomicLong();

    private final NodeOptions options;
    private final Home home;
    private final JournalDatabase journal;
    private final ActorSystem<?> system;
    private final boolean ownsSystem;
    private final ActorRef<SessionRegistry.Command> registry;
    private final ModelPool models;
    private final Tenants tenants;
    private final ExecutorService blocking;
    private final ScheduledExecutorService housekeeping;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MnemeNode(
            NodeOptions options,
            Home home,
            JournalDatabase journal,
            JournalPlugins plugins,
            ActorSystem<?> system,
            ModelPool models,
            ExecutorService blocking) {
        this.options = options;
        this.home = home;
        this.journal = journal;
        this.system = system;
        this.ownsSystem = options.actorSystem().isEmpty();
        this.models = models;
        this.blocking = blocking;
        this.tenants = new Tenants(home, journal, plugins, models, options, blocking);
        this.registry = system.systemActorOf(
                SessionRegistry.create(), "mneme-sessions-" + REGISTRIES.incrementAndGet(), Props.empty());
        this.housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("mneme-housekeeping").factory());
        long period = Math.max(1, options.modelIdle().toMillis() / 2);
        Future<?> unused = housekeeping.scheduleWithFixedDelay(
                () -> models.unloadIdle(options.modelIdle()), period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a home; the journal and the actors start side by side.
     *
     * @throws dev.mneme.persistence.HomeException if another process has it, or it cannot be read or written
     */
    public static MnemeNode open(NodeOptions options, ModelSource source) {
        Home home = Home.open(options.home());
        ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
        CompletableFuture<ActorSystem<?>> system = CompletableFuture.supplyAsync(
                () -> options.actorSystem().<ActorSystem<?>>map(Function.identity()).orElseGet(OwnActorSystem::start),
                blocking);
        try {
            JournalDatabase journal = JournalDatabase.open(home.journal(), NATIVE_CACHE);
            ModelPool models = new ModelPool(source, options.runtime());
            try {
                options.expected()
                        .flatMap(expected -> modelOf(expected, journal))
                        .ifPresent(model -> blocking.execute(() -> load(model, models)));
                JournalPlugins plugins = JournalExtension.get(system.join()).attach(journal);
                return new MnemeNode(options, home, journal, plugins, system.join(), models, blocking);
            } catch (RuntimeException e) {
                models.close();
                journal.close();
                throw e;
            }
        } catch (RuntimeException e) {
            if (options.actorSystem().isEmpty()) {
                system.thenAccept(ActorSystem::terminate);
            }
            home.close();
            throw e;
        }
    }

    private static Optional<ModelRef> modelOf(NodeOptions.Expected expected, JournalDatabase journal) {
        return journal.directory(expected.tenant())
                .find(expected.session())
                .flatMap(journal.index(expected.tenant())::origin)
                .map(origin -> origin.facts().model());
    }

    /** What goes wrong here goes wrong again, and is told, when the session has its turn. */
    private static void load(ModelRef model, ModelPool models) {
        try {
            models.acquire(model.name(), model.sha256()).release();
        } catch (RuntimeException e) {
            LOG.debug("model '{}' was not loaded beforehand", model.name(), e);
        }
    }

    /** The tenants, opened when they are first named. */
    public Tenants tenants() {
        return tenants;
    }

    /** The models. */
    public ModelPool models() {
        return models;
    }

    /** The journal with its indexes. */
    public JournalDatabase journal() {
        return journal;
    }

    /** Runs what may block. */
    public ExecutorService blocking() {
        return blocking;
    }

    /** The actor system that the sessions live in. */
    public ActorSystem<?> system() {
        return system;
    }

    /** @throws MnemeClosed after {@link #close}, and after the actor system was stopped */
    void requireOpen(String what) {
        if (closed.get() || systemIsStopped()) {
            throw new MnemeClosed(what);
        }
    }

    /** One that was passed in may be stopped by its owner first: then nobody answers any more. */
    private boolean systemIsStopped() {
        return system.getWhenTerminated().toCompletableFuture().isDone();
    }

    /** Tells a session something. */
    public void tell(SessionHandle session, SessionCommand command) {
        requireOpen("session '" + session.name() + "'");
        registry.tell(new SessionRegistry.Deliver(session.services(), session.sessionId(), command));
    }

    /** Asks a session something and waits for its answer. */
    public SessionReply ask(
            SessionHandle session, Function<ActorRef<SessionReply>, SessionCommand> question, Duration timeout) {
        requireOpen("session '" + session.name() + "'");
        try {
            return AskPattern.<SessionRegistry.Command, SessionReply>ask(
                            registry,
                            replyTo -> new SessionRegistry.Deliver(
                                    session.services(), session.sessionId(), question.apply(replyTo)),
                            timeout,
                            system.scheduler())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** A reader of a stream that never comes back must not keep the process from closing. */
    private void stopBlocking() {
        blocking.shutdown();
        try {
            if (!blocking.awaitTermination(options.closeDeadline().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("some reader of a turn did not return within {}; it is interrupted", options.closeDeadline());
                blocking.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            blocking.shutdownNow();
        }
    }

    /** Reads everything and says what is not as it should be. Sessions at work meanwhile may look unfinished. */
    public HomeReport verify() {
        return verification().run();
    }

    /**
     * Makes anew what can be made from the journal, and says what is still not as it should be. Running turns are cut off
     * between two steps; no session may be used until it returns.
     */
    public HomeReport repair() {
        stopSessions(SessionRegistry.StopAll::new);
        return new HomeRepair(journal, this::verification).run();
    }

    private HomeVerification verification() {
        return new HomeVerification(journal, home.tenants(), tenants::services);
    }

    private void stopSessions(org.apache.pekko.japi.function.Function<ActorRef<Done>, SessionRegistry.Command> how) {
        if (systemIsStopped()) {
            return;
        }
        AskPattern.<SessionRegistry.Command, Done>ask(registry, how, options.closeDeadline(), system.scheduler())
                .toCompletableFuture()
                .join();
    }

    /**
     * Refuses new work, cuts off running turns between two steps (the next process can go on with them), and closes
     * everything. May be called again. A passed-in actor system goes on; it may have been stopped before.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        housekeeping.shutdownNow();
        try {
            stopSessions(SessionRegistry.Close::new);
        } catch (CompletionException e) {
            LOG.warn("sessions did not stop within {}; what they had not journaled is computed again",
                    options.closeDeadline(), e);
        }
        try {
            models.close();
            tenants.close();
            if (ownsSystem) {
                OwnActorSystem.stop(system, options.closeDeadline());
            }
        } finally {
            journal.close();
            stopBlocking();
            home.close();
        }
    }
}
