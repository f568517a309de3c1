package dev.mneme.app;

import dev.mneme.models.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Fetches a model. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = "Fetch a model's file and check it. One that is here already is only checked.")
final class PullCommand implements Runnable {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A name (see 'mneme models') or hf:owner/repo/file.gguf.")
    private String model = "";

    PullCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ModelFile file = new Models(console).obtain(model);
        console.out().println(file.path());
        console.err().println("sha256 " + file.sha256());
    }
}
