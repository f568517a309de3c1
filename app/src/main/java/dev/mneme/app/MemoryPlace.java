package dev.mneme.app;

import dev.mneme.Mneme;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Whose memory, and where. Every command takes these, before or after its name. */
final class MemoryPlace {
    @Option(names = "--home", paramLabel = "DIR", scope = ScopeType.INHERIT,
            description = "Where memory is kept. Default: MNEME_HOME, else ~/.mneme.")
    private @Nullable String home;

    @Option(names = "--tenant", paramLabel = "NAME", scope = ScopeType.INHERIT,
            description = "Who owns the sessions. Default: MNEME_TENANT, else 'default'.")
    private @Nullable String tenant;

    Path home() {
        String place = home != null ? home : System.getenv().getOrDefault("MNEME_HOME", "");
        try {
            return place.isEmpty() ? Path.of(System.getProperty("user.home"), ".mneme") : Path.of(place).toAbsolutePath();
        } catch (InvalidPathException noPath) {
            throw new UsageFailure("--home '" + place + "' is no path: " + noPath.getReason() + ".");
        }
    }

    String tenant() {
        String name = tenant != null ? tenant : System.getenv().getOrDefault("MNEME_TENANT", "");
        return name.isEmpty() ? Mneme.DEFAULT_TENANT : name;
    }
}
