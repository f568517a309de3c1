package dev.mneme.app;

import dev.mneme.runtime.model.RuntimeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private NamedTurn turn = new NamedTurn();

    UnpinCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            var ignored = memory.tenant().existing(turn.session()).unpin(turn.number(), turn.requestId());
            console.err().println("Turn " + turn.number() + " of '" + turn.session() + "' is attended where it suits.");
        }
    }
}
