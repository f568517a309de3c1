package dev.mneme;

import dev.mneme.actors.node.MnemeNode;
import dev.mneme.actors.node.NodeOptions;
import dev.mneme.models.ModelCatalog;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.StoreOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/** Says how a home is to be opened, then {@link #open opens} it. Immutable. */
public final class MnemeOpening {
    private final NodeOptions options;
    private final Optional<ModelCatalog> catalog;
    private final Optional<MeterRegistry> meters;
    private final Duration readerPatience;

    MnemeOpening(Path home) {
        this(NodeOptions.of(home), Optional.empty(), Optional.empty(), Duration.ofMinutes(1));
    }

    private MnemeOpening(NodeOptions options, Optional<ModelCatalog> catalog, Optional<MeterRegistry> meters, Duration readerPatience) {
        this.options = options;
        this.catalog = catalog;
        this.meters = meters;
        this.readerPatience = readerPatience;
    }

    /** Which backend computes, on how many threads. */
    public MnemeOpening runtime(RuntimeOptions runtime) {
        return new MnemeOpening(
                new NodeOptions(
                        options.home(), runtime, options.store(), options.limits(), options.modelIdle(),
                        options.closeDeadline(), options.actorSystem(), options.expected()),
                catalog,
                meters,
                readerPatience);
    }

    /** Limits of each tenant's block store. */
    public MnemeOpening store(StoreOptions store) {
        return new MnemeOpening(
                new NodeOptions(
                        options.home(), options.runtime(), store, options.limits(), options.modelIdle(),
                        options.closeDeadline(), options.actorSystem(), options.expected()),
                catalog,
                meters,
                readerPatience);
    }

    /** How long closing waits for turns to stop. */
    public MnemeOpening closeDeadline(Duration deadline) {
        return new MnemeOpening(
                new NodeOptions(
                        options.home(), options.runtime(), options.store(), options.limits(), options.modelIdle(),
                        deadline, options.actorSystem(), options.expected()),
                catalog,
                meters,
                readerPatience);
    }

    /** Lives in this actor system instead of one of its own; closing leaves it running. Several homes may live in one. */
    public MnemeOpening actorSystem(ActorSystem<?> system) {
        return new MnemeOpening(
                new NodeOptions(
                        options.home(), options.runtime(), options.store(), options.limits(), options.modelIdle(),
                        options.closeDeadline(), Optional.of(system), options.expected()),
                catalog,
                meters,
                readerPatience);
    }

    /**
     * Says which session will be wanted first, if there is one of this name: its model is loaded and warmed up while the
     * rest of the home opens, so that its first token comes sooner.
     */
    public MnemeOpening expecting(String tenant, String session) {
        return new MnemeOpening(
                new NodeOptions(
                        options.home(), options.runtime(), options.store(), options.limits(), options.modelIdle(),
                        options.closeDeadline(), options.actorSystem(), Optional.of(new NodeOptions.Expected(tenant, session))),
                catalog,
                meters,
                readerPatience);
    }

    /** Finds models here instead of in the user's catalog. */
    public MnemeOpening models(ModelCatalog models) {
        return new MnemeOpening(options, Optional.of(models), meters, readerPatience);
    }

    /** Counts turns, tokens and times to the first token here, and shows how much of the block stores is in use. */
    public MnemeOpening meters(MeterRegistry registry) {
        return new MnemeOpening(options, catalog, Optional.of(registry), readerPatience);
    }

    /** How long a stream's reader may ask for nothing while there is something to read, before its turn is cancelled. */
    public MnemeOpening readerPatience(Duration patience) {
        return new MnemeOpening(options, catalog, meters, patience);
    }

    /**
     * Opens the home.
     *
     * @throws dev.mneme.persistence.HomeException if another process has it open, or it cannot be read or written
     */
    public Mneme open() {
        ModelCatalog models = catalog.orElseGet(ModelCatalog::create);
        MnemeNode node = MnemeNode.open(options, name -> Mneme.located(models.resolve(name)));
        return new Mneme(
                node,
                models,
                meters.map(TurnMeters::new),
                meters.map(registry -> StoreMeters.of(registry, options.home(), node.tenants())),
                readerPatience);
    }
}
