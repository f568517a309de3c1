package dev.mneme.app;

import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Pins a turn. */
@Command(
        name = "pin",
        mixinStandardHelpOptions = true,
        description = "Attend to a turn for good, however far the session goes on. It takes room in every plan.")
final class PinCommand implements Runnable {
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

    PinCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            var ignored = memory.tenant().existing(session).pin(turn, Optional.ofNullable(requestId));
            console.err().println("Turn " + turn + " of '" + session + "' is always attended from now on.");
        }
    }
}
