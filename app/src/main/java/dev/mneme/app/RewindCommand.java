package dev.mneme.app;

import dev.mneme.SessionInfo;
import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Goes back to an earlier turn. */
@Command(
        name = "rewind",
        mixinStandardHelpOptions = true,
        description = "Go back to the end of an earlier turn: what came after it is forgotten. Forks are not touched.")
final class RewindCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(index = "0", paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "TURN", description = "The last turn to keep; 0 keeps none ('mneme show' lists them).")
    private int turn;

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a retry safe.")
    private @Nullable String requestId;

    RewindCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (turn < 0) {
            throw new UsageFailure("TURN has to be 0 or more, not " + turn + ".");
        }
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            SessionInfo now = memory.tenant().existing(session).rewind(turn, Optional.ofNullable(requestId));
            console.err().println("'" + session + "' now ends with turn " + now.turns() + " (" + now.tokens() + " tokens).");
        }
    }
}
