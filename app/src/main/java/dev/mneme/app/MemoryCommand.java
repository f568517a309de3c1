package dev.mneme.app;

import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows and changes how a session remembers. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = {
            "Show how a session remembers, or change it from its next block of 64 tokens on.",
            "Nothing is computed again: what was said before is kept as it was. Options that are not given stay as they are."
        },
        footer = {
            "",
            "  mneme memory notes                          how it remembers",
            "  mneme memory notes --window 2048 --top-k 8  more of what is near, less of what is far",
            "  mneme memory notes --policy dense           end at the model's window",
            "  mneme memory notes --kv i8                  half the disk for what is said from now on",
            "",
            "Sinks, pinned turns, fetched blocks and window together are at most nine tenths of the model's window."
        })
final class MemoryCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Mixin
    private MemoryChoice choice = new MemoryChoice();

    @Option(names = "--kv", paramLabel = "FORMAT",
            description = "How keys and values of new blocks are kept: ${COMPLETION-CANDIDATES}.")
    private @Nullable KvFormat kv;

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a retry safe.")
    private @Nullable String requestId;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    MemoryCommand(Console console) {
        this.console = console;
    }

    @Option(names = "--top-k", paramLabel = "N", description = "The same as --memory-top-k.")
    private void topK(int blocks) {
        choice.topK(blocks);
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            Session opened = memory.tenant().existing(session);
            SessionInfo info = opened.describe();
            if (choice.isAsked() || kv != null) {
                info = opened.memory(
                        choice.over(info.memory(), Optional.ofNullable(kv)), Optional.ofNullable(requestId));
            }
            show(opened, info);
        }
    }

    private void show(Session opened, SessionInfo info) {
        if (json) {
            console.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("session", info.name());
                MemoryText.write(out, info);
                out.writeEndObject();
            }));
        } else {
            console.out().println(info.name() + ": " + MemoryText.of(info.memory()));
            MemoryText.pins(info, opened.turns()).ifPresent(console.out()::println);
        }
    }
}
