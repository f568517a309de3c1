package dev.mneme.app;

import dev.mneme.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Finishes a reply. */
@Command(
        name = "continue",
        mixinStandardHelpOptions = true,
        description = {
            "Finish a reply that was cut off by a kill, a cancel or a length limit, exactly as it would have gone on.",
            "Options that are not given are those of the reply that was cut off."
        })
final class ContinueCommand implements Callable<Integer> {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Mixin
    private TurnForm form = new TurnForm();

    ContinueCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return form.runExisting(mneme.place(), console, session, Session::resume);
    }
}
