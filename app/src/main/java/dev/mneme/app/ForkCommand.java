package dev.mneme.app;

import dev.mneme.SessionInfo;
import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Begins a session as a copy of another. */
@Command(
        name = "fork",
        mixinStandardHelpOptions = true,
        description = "Begin a session as a copy of another one. Nothing is copied or computed; each then goes its own way.")
final class ForkCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(index = "0", paramLabel = "SESSION", description = "The session to copy.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "Name of the copy.")
    private String copy = "";

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a retry safe.")
    private @Nullable String requestId;

    ForkCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            SessionInfo made = memory.tenant().existing(session).fork(copy, Optional.ofNullable(requestId)).describe();
            console.err().println("'" + made.name() + "' begins with the " + made.tokens() + " tokens of '" + session + "'.");
        }
    }
}
