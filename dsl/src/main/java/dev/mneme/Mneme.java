package dev.mneme;

import dev.mneme.actors.model.ModelSource.LocatedModel;
import dev.mneme.actors.node.MnemeNode;
import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Language-model sessions whose memory lasts.
 *
 * <pre>{@code
 * try (Mneme mneme = Mneme.open(Path.of("/var/lib/mneme"))) {
 *     Session ines = mneme.tenant("acme").session("ines").open();
 *     System.out.println(ines.say("My cat is called Miso.").text());
 * }
 * }</pre>
 *
 * <p>One process has a home open at a time. Thread-safe.
 */
public final class Mneme implements AutoCloseable {
    /** The tenant of those who name none. */
    public static final String DEFAULT_TENANT = "default";

    private final MnemeNode node;
    private final ModelCatalog catalog;
    private final Optional<TurnMeters> meters;
    private final Optional<StoreMeters> storeMeters;
    private final Duration readerPatience;
    private final ScheduledExecutorService clock;
    private final Map<String, Tenant> tenants = new ConcurrentHashMap<>();

    Mneme(
            MnemeNode node,
            ModelCatalog catalog,
            Optional<TurnMeters> meters,
            Optional<StoreMeters> storeMeters,
            Duration readerPatience) {
        this.node = node;
        this.catalog = catalog;
        this.meters = meters;
        this.storeMeters = storeMeters;
        this.readerPatience = readerPatience;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("mneme-clock").factory());
    }

    /**
     * Opens a home with defaults, creating it if need be.
     *
     * @throws dev.mneme.persistence.HomeException if another process has it open, or it cannot be read or written
     */
    public static Mneme open(Path home) {
        return at(home).open();
    }

    /** Says how a home is to be opened. */
    public static MnemeOpening at(Path home) {
        return new MnemeOpening(home);
    }

    /** A tenant by name. */
    public Tenant tenant(String name) {
        return tenants.computeIfAbsent(name, tenant -> new Tenant(this, tenant));
    }

    /** Names a session of the default tenant. */
    public SessionOpening session(String name) {
        return tenant(DEFAULT_TENANT).session(name);
    }

    /** Where the models are. */
    public ModelCatalog models() {
        return catalog;
    }

    /**
     * Reads everything that the home holds and says what is not as it should be. Turns that run meanwhile may look
     * unfinished.
     */
    public Verification verify() {
        return Verification.of(node.verify());
    }

    /**
     * Makes anew what can be made from the journal: indexes, blocks, tails. Says what is still not as it should be after
     * that. Running turns are cut off, and no session may be used until it returns, which takes as long as computing
     * what is missing.
     */
    public Verification repair() {
        return Verification.of(node.repair());
    }

    static LocatedModel located(ModelFile file) {
        return new LocatedModel(file.name(), file.path(), file.sha256());
    }

    String defaultModel() {
        return ModelCatalog.DEFAULT_MODEL;
    }

    Duration readerPatience() {
        return readerPatience;
    }

    Optional<TurnMeters> meters() {
        return meters;
    }

    MnemeNode node() {
        return node;
    }

    ExecutorService blocking() {
        return node.blocking();
    }

    ScheduledExecutorService clock() {
        return clock;
    }

    /**
     * Refuses new work, cuts off running turns between two steps (a later process can resume them), and closes
     * everything, in at most about half a minute. May be called again.
     */
    @Override
    public void close() {
        storeMeters.ifPresent(StoreMeters::remove);
        node.close();
        clock.shutdownNow();
    }
}
