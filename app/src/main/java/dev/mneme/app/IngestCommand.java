package dev.mneme.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Reads a document. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = {
            "Read a document into a session's memory, as a message that is not replied to (with --raw as it is).",
            "Interrupted, the same command goes on where it was."
        })
final class IngestCommand implements Callable<Integer> {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(index = "0", paramLabel = "SESSION", description = "Name of the session; created if there is none.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "UTF-8 text; '-' reads standard input.")
    private String file = "";

    @Mixin
    private TurnForm form = new TurnForm();

    IngestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String document = file.equals("-") ? console.readText() : Console.text(bytes(), "The file " + file);
        if (document.isEmpty()) {
            throw new UsageFailure("There is nothing to read: the document is empty.");
        }
        return form.run(mneme.place(), console, session, (opened, options) -> opened.ingest(document, options));
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException missing) {
            throw new CommandFailure("There is no file " + file + ": check the path.", missing);
        } catch (IOException | InvalidPathException unreadable) {
            throw new CommandFailure("The file " + file + " cannot be read: " + unreadable.getMessage() + ".", unreadable);
        }
    }
}
