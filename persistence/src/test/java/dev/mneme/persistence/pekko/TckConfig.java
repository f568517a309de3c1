package dev.mneme.persistence.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mneme.persistence.Directories;
import java.util.Map;

/** The plugins on a fresh database. */
final class TckConfig {
    private TckConfig() {}

    static Config fresh() {
        return ConfigFactory.parseMap(Map.of(
                        "pekko.persistence.journal.plugin", "mneme.journal",
                        "pekko.persistence.snapshot-store.plugin", "mneme.snapshot-store",
                        "mneme.journal.dir", Directories.temporary("tck").resolve("journal").toString(),
                        "mneme.journal.native-dir", Directories.NATIVE_CACHE.toString()))
                .withFallback(ConfigFactory.load());
    }
}
