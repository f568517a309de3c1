package dev.mneme.app;

import dev.mneme.runtime.model.RuntimeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private NamedTurn turn = new NamedTurn();

    PinCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            var ignored = memory.tenant().existing(turn.session()).pin(turn.number(), turn.requestId());
            console.err().println("Turn " + turn.number() + " of '" + turn.session() + "' is always attended from now on.");
        }
    }
}
