package dev.mneme.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** One turn. */
@Command(
        name = "say",
        mixinStandardHelpOptions = true,
        description = {
            "Say something in a session and write the reply. The session is created at its first turn.",
            "The reply goes to standard output as it is generated, the receipt to standard error."
        },
        footer = {"", "Text that begins with a dash goes behind '--': mneme say notes -- -5 degrees"})
final class SayCommand implements Callable<Integer> {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(index = "0", paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "What to say; '-' reads standard input.")
    private List<String> text = new ArrayList<>();

    @Mixin
    private TurnForm form = new TurnForm();

    SayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String said = text.equals(List.of("-")) ? console.readText() : String.join(" ", text);
        if (said.isEmpty()) {
            throw new UsageFailure("There is nothing to say: the text is empty.");
        }
        return form.run(mneme.place(), console, session, (opened, options) -> opened.start(said, options));
    }
}
