package dev.mneme.app;

import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Unpins a turn. */
@Command(
        name = "unpin",
        mixinStandardHelpOptions = true,
        description = "Attend to a pinned turn no more than to others.")
final class UnpinCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(index = "0", paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "TURN", description = "The turn's number ('mneme show' lists them).")
    private int turn;

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a retry safe.")
    private @Nullable String requestId;

    UnpinCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            var ignored = memory.tenant().existing(session).unpin(turn, Optional.ofNullable(requestId));
            console.err().println("Turn " + turn + " of '" + session + "' is attended where it suits.");
        }
    }
}
