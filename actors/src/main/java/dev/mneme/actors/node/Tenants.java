package dev.mneme.actors.node;

import dev.mneme.actors.memory.SessionWindows;
import dev.mneme.actors.model.ModelPool;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.actors.tenant.Tenant;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.persistence.home.Home;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.pekko.JournalPlugins;
import dev.mneme.store.BlockStore;
import dev.mneme.store.StoreUsage;
import dev.mneme.store.TailStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tenants of a home, each opened when it is first named. Thread-safe. */
public final class Tenants implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);

    private final Home home;
    private final JournalDatabase journal;
    private final JournalPlugins plugins;
    private final ModelPool models;
    private final NodeOptions options;
    private final Executor blocking;
    private final Map<String, SessionServices> open = new HashMap<>();
    private boolean closed;

    Tenants(
            Home home,
            JournalDatabase journal,
            JournalPlugins plugins,
            ModelPool models,
            NodeOptions options,
            Executor blocking) {
        this.home = home;
        this.journal = journal;
        this.plugins = plugins;
        this.models = models;
        this.options = options;
        this.blocking = blocking;
    }

    /**
     * What the sessions of a tenant work with.
     *
     * @throws dev.mneme.errors.InvalidRequest if no tenant can have this name
     * @throws MnemeClosed after {@link #close}
     */
    public synchronized SessionServices services(String tenant) {
        if (closed) {
            throw new MnemeClosed("tenant '" + tenant + "'");
        }
        return open.computeIfAbsent(Names.tenant(tenant), this::open);
    }

    private SessionServices open(String tenant) {
        SessionIndex index = journal.index(tenant);
        Tenant opened = new Tenant(
                tenant,
                home.secret(tenant),
                BlockStore.open(home.blocks(tenant), options.store(), new SessionWindows(journal.directory(tenant), index)),
                TailStore.open(home.tails(tenant)),
                index);
        return new SessionServices(opened, models, plugins, index, blocking, options.limits());
    }

    /** How full the block stores of the tenants are that were named so far. */
    public synchronized List<StoreUsage> usage() {
        return open.values().stream().map(services -> services.tenant().blocks().usage()).toList();
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(services -> {
            try {
                services.tenant().close();
            } catch (RuntimeException e) {
                LOG.warn("the store of tenant '{}' did not close cleanly", services.tenant().name(), e);
            }
        });
        open.clear();
    }
}
