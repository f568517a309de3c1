package dev.mneme.app;

import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** A conversation. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = {
            "Talk. Leave with Ctrl-D and come back with the same command: the conversation goes on.",
            "Ctrl-C stops a reply. Where standard input is no terminal, each of its lines is a turn."
        })
final class ChatCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Option(names = "--session", paramLabel = "NAME", description = "Name of the session. Default: ${DEFAULT-VALUE}.")
    private String session = "default";

    @Mixin
    private TurnForm form = new TurnForm();

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TurnOptions options = form.options();
        try (OpenMemory memory = form.memory(mneme.place(), session)) {
            Session opened = form.session(memory, session, console);
            if (System.console() != null && System.console().isTerminal()) {
                talk(memory, opened, options);
            } else {
                readLines(memory, opened, options);
            }
        }
    }

    private void talk(OpenMemory memory, Session opened, TurnOptions options) {
        try (Keyboard keyboard = new Keyboard()) {
            greet(opened.describe());
            for (String said = keyboard.nextLine(); said != null; said = keyboard.nextLine()) {
                if (!said.isBlank()) {
                    Turn started = opened.start(said, options);
                    keyboard.whileInterruptible(started::cancel, () -> form.show(console, memory, opened, started));
                }
            }
            console.err().println("'mneme chat" + (session.equals("default") ? "" : " --session " + session)
                    + "' goes on from here.");
        }
    }

    private void greet(SessionInfo info) {
        console.err().println(info.turns() == 0
                ? "A new session '" + info.name() + "' with " + info.model() + ". Ctrl-D leaves, Ctrl-C stops a reply."
                : "Session '" + info.name() + "' with " + info.model() + ": " + info.turns() + " turns, " + info.tokens()
                        + " tokens remembered. Ctrl-D leaves, Ctrl-C stops a reply.");
    }

    private void readLines(OpenMemory memory, Session opened, TurnOptions options) {
        BufferedReader lines = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        try {
            for (String said = lines.readLine(); said != null; said = lines.readLine()) {
                if (!said.isBlank()) {
                    form.show(console, memory, opened, opened.start(said, options));
                }
            }
        } catch (IOException unreadable) {
            throw new CommandFailure("Standard input cannot be read: " + unreadable.getMessage() + ".", unreadable);
        }
    }
}
