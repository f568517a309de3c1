package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import dev.mneme.persistence.home.JournalDatabase;
import java.nio.file.Path;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Which database an actor system's journal plugins use: the one that was attached, else the one that
 * {@code mneme.journal.dir} names, which is then opened and closed with the actor system.
 */
public final class JournalExtension implements Extension {
    private static final Id ID = new Id();

    private final ExtendedActorSystem system;
    private @Nullable JournalDatabase database;

    private JournalExtension(ExtendedActorSystem system) {
        this.system = system;
    }

    public static JournalExtension get(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /**
     * Makes the plugins of this actor system use {@code attached}, which is closed by its owner, after the actor system
     * has terminated. To be called before the first persistent actor starts.
     *
     * @throws IllegalStateException if the actor system uses a database already
     */
    public synchronized void attach(JournalDatabase attached) {
        if (database != null) {
            throw new IllegalStateException("actor system '" + system.name() + "' has a journal already");
        }
        database = attached;
    }

    /** The database in use. */
    public synchronized JournalDatabase database() {
        JournalDatabase inUse = database;
        if (inUse == null) {
            inUse = open(system.settings().config().getConfig("mneme.journal"));
            system.registerOnTermination(inUse::close);
            database = inUse;
        }
        return inUse;
    }

    private JournalDatabase open(Config config) {
        String directory = config.getString("dir");
        if (directory.isEmpty()) {
            throw new IllegalStateException("actor system '" + system.name()
                    + "' has no journal: attach a JournalDatabase to its JournalExtension, or set mneme.journal.dir");
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
