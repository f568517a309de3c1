package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import dev.mneme.persistence.home.JournalDatabase;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Which databases the journal plugins of an actor system use: those that were attached, each under plugin ids of its own,
 * and under the plain ids ({@code mneme.journal} and its neighbours) the one that {@code mneme.journal.dir} names, which
 * is opened when it is first used and closed with the actor system.
 */
public final class JournalExtension implements Extension {
    private static final Id ID = new Id();

    private final ExtendedActorSystem system;
    /** Plugins are never given up in an actor system: a database that is attached again gets those that it had. */
    private final Map<Path, String> homes = new HashMap<>();
    private final Map<String, JournalDatabase> attached = new HashMap<>();
    private @Nullable JournalDatabase plain;

    private JournalExtension(ExtendedActorSystem system) {
        this.system = system;
    }

    public static JournalExtension get(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /** Gives a database plugins in this actor system. Its owner closes it, after the actors that use them have stopped. */
    public synchronized JournalPlugins attach(JournalDatabase database) {
        String home = homes.computeIfAbsent(database.directory(), directory -> "home-" + (homes.size() + 1));
        attached.put(home, database);
        return JournalPlugins.of(home, system.settings().config());
    }

    /** The database that a plugin with this configuration uses now. */
    synchronized JournalDatabase database(Config plugin) {
        JournalDatabase own = attached.get(plugin.getString(JournalPlugins.HOME));
        if (own != null) {
            return own;
        }
        JournalDatabase inUse = plain;
        if (inUse == null) {
            inUse = open(system.settings().config().getConfig("mneme.journal"));
            system.registerOnTermination(inUse::close);
            plain = inUse;
        }
        return inUse;
    }

    private JournalDatabase open(Config config) {
        String directory = config.getString("dir");
        if (directory.isEmpty()) {
            throw new IllegalStateException("actor system '" + system.name()
                    + "' has no plain journal: attach a JournalDatabase to its JournalExtension and use the plugins that"
                    + " it answers, or set mneme.journal.dir");
        }
        return JournalDatabase.open(Path.of(directory), Path.of(config.getString("native-dir")));
    }

    private static final class Id extends AbstractExtensionId<JournalExtension> {
        @Override
        public JournalExtension createExtension(ExtendedActorSystem system) {
            return new JournalExtension(system);
        }
    }
}
