package dev.mneme.app;

import dev.mneme.runtime.model.RuntimeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes a session. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Delete a session. Its name is free at once; its text and space go when no fork reads them any more.")
final class DeleteCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    DeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            memory.tenant().existing(session).delete();
            console.err().println("'" + session + "' is deleted.");
        }
    }
}
