package dev.mneme.app;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which turn of which session a command is about, as the edits of a session take it. */
final class NamedTurn {
    @Parameters(index = "0", paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "TURN", description = "The turn's number ('mneme show' lists them).")
    private int turn;

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a retry safe.")
    private @Nullable String requestId;

    String session() {
        return session;
    }

    int number() {
        return turn;
    }

    Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }
}
