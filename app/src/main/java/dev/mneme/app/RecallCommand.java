package dev.mneme.app;

import dev.mneme.Recall;
import dev.mneme.runtime.model.RuntimeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Tells what a session's last turn looked back at. */
@Command(
        name = "recall",
        mixinStandardHelpOptions = true,
        description = {
            "Show which stretches of a session its last turn attended to, and how much, best first.",
            "A stretch is one or more blocks of 64 tokens. What is counted are the tokens that the reply was drawn after; of a "
                    + "document that was only read, its last 64. They are computed again for it; the session stays as it is.",
        })
final class RecallCommand implements Runnable {
    private static final int LIMIT = 10;

    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Option(names = "--limit", paramLabel = "N",
            description = "List the N best stretches, and the rest in one. Default: " + LIMIT + "; all with --json.")
    private @Nullable Integer limit;

    @Option(names = "--json", description = "Write one JSON object, with the whole text of each stretch.")
    private boolean json;

    RecallCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (limit != null && limit < 1) {
            throw new UsageFailure("--limit has to be 1 or more, not " + limit + ".");
        }
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            Recall recall = memory.tenant().existing(session).recall();
            int all = recall.stretches().size();
            if (json) {
                console.out().println(RecallText.json(recall, limit == null ? all : limit));
            } else {
                RecallText.lines(recall, limit == null ? LIMIT : limit).forEach(console.out()::println);
            }
        }
    }
}
