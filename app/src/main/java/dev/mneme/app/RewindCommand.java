package dev.mneme.app;

import dev.mneme.SessionInfo;
import dev.mneme.runtime.model.RuntimeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Goes back to an earlier turn. */
@Command(
        name = "rewind",
        mixinStandardHelpOptions = true,
        description = "Go back to the end of an earlier turn, 0 for the beginning: what came after it is forgotten. Forks are"
                + " not touched.")
final class RewindCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Mixin
    private NamedTurn turn = new NamedTurn();

    RewindCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (turn.number() < 0) {
            throw new UsageFailure("TURN has to be 0 or more, not " + turn.number() + ".");
        }
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            SessionInfo now = memory.tenant().existing(turn.session()).rewind(turn.number(), turn.requestId());
            console.err().println("'" + turn.session() + "' now ends with turn " + now.turns() + " (" + now.tokens() + " tokens).");
        }
    }
}
