package dev.mneme.app;

import java.io.IOException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A terminal with line editing and, during this conversation, history. */
final class Keyboard implements AutoCloseable {
    private final Terminal terminal;
    private final LineReader reader;

    Keyboard() {
        try {
            terminal = TerminalBuilder.builder().system(true).nativeSignals(true).build();
        } catch (IOException noTerminal) {
            throw new CommandFailure("The terminal cannot be used: " + noTerminal.getMessage()
                    + ". Use 'mneme say' instead.", noTerminal);
        }
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("mneme")
                // What people say is full of exclamation marks and backslashes.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.BRACKETED_PASTE, true)
                .build();
    }

    /** The next line, or null when the user has left. Ctrl-C starts the line anew. */
    @Nullable String nextLine() {
        while (true) {
            try {
                return reader.readLine("> ");
            } catch (UserInterruptException startAnew) {
                // The next prompt is the answer.
            } catch (EndOfFileException left) {
                return null;
            }
        }
    }

    /** Does the work; Ctrl-C meanwhile runs {@code interrupt}. */
    void whileInterruptible(Runnable interrupt, Runnable work) {
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> interrupt.run());
        try {
            work.run();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException alreadyGone) {
            // The terminal went away: there is nothing to restore.
        }
    }
}
