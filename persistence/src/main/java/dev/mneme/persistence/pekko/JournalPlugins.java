package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;

/**
 * The plugins of an attached database, as a persistent actor or a query names them: by an id together with a
 * configuration that has it, since the actor system's own does not.
 *
 * @param journal the id of the journal plugin
 * @param snapshots the id of the snapshot plugin
 * @param events the id of the query plugin
 * @param config what these ids stand for
 */
public record JournalPlugins(String journal, String snapshots, String events, Config config) {
    /** Where in a plugin's configuration it says whose database it uses. */
    static final String HOME = "home";

    private static final String PLAIN = "mneme";

    /** The plugins of {@code home}: like the plain ones, but for the database. */
    static JournalPlugins of(String home, Config system) {
        String path = PLAIN + "." + home;
        Config plain = system.getConfig(PLAIN);
        Config own = plain.getConfig("journal")
                .atPath("journal")
                .withFallback(plain.getConfig("snapshot-store").atPath("snapshot-store"))
                .withFallback(plain.getConfig("read-journal").atPath("read-journal"));
        for (String plugin : own.root().keySet()) {
            own = own.withValue(plugin + "." + HOME, ConfigValueFactory.fromAnyRef(home));
        }
        return new JournalPlugins(
                path + ".journal", path + ".snapshot-store", path + ".read-journal", own.atPath(path));
    }
}
