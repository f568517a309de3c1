package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.TurnInfo;
import dev.mneme.runtime.model.RuntimeOptions;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows what a session holds. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show a session: what it is, and the text of each turn as the journal has it.")
final class ShowCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Parameters(paramLabel = "SESSION", description = "Name of the session.")
    private String session = "";

    @Option(names = "--json", description = "Write one JSON object, with the token ids of each turn.")
    private boolean json;

    ShowCommand(Console console) {
        this.console = console;
    }

    private record ShownTurn(TurnInfo turn, List<Integer> prompt, String promptText, List<Integer> reply, String replyText) {
    }

    @Override
    public void run() {
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            Session opened = memory.tenant().existing(session);
            SessionInfo info = opened.describe();
            List<ShownTurn> turns = new ArrayList<>();
            for (TurnInfo turn : opened.turns()) {
                turns.add(read(opened, turn));
            }
            if (json) {
                console.out().println(JsonText.of(out -> write(out, info, turns)));
            } else {
                print(info, turns);
            }
        }
    }

    private static ShownTurn read(Session opened, TurnInfo turn) {
        List<Integer> ids = opened.tokens(turn);
        List<Integer> prompt = ids.subList(0, Math.min(turn.promptTokens(), ids.size()));
        List<Integer> reply = ids.subList(prompt.size(), ids.size());
        return new ShownTurn(turn, prompt, opened.text(prompt), reply, opened.text(reply));
    }

    private void print(SessionInfo info, List<ShownTurn> turns) {
        console.out().println(String.format(Locale.ROOT, "%s: %d tokens in %d turns, model %s%s, since %s",
                info.name(), info.tokens(), info.turns(), info.model(), info.raw() ? " without chat template" : "",
                info.created().truncatedTo(ChronoUnit.SECONDS)));
        console.out().println("memory: " + MemoryText.of(info.memory()));
        MemoryText.pins(info, turns.stream().map(ShownTurn::turn).toList()).ifPresent(console.out()::println);
        info.system().ifPresent(system -> console.out().println("system: " + system));
        for (ShownTurn one : turns) {
            String ending = one.turn.finish().map(ReceiptText::word).orElse("open");
            console.out().println();
            console.out().println(String.format(Locale.ROOT, "--- turn %d, %s, tokens %d to %d, %s",
                    one.turn.turn(), one.turn.kind(), one.turn.position(), one.turn.end(), ending));
            console.out().println(one.promptText.strip());
            if (!one.reply.isEmpty()) {
                console.out().println("-->");
                console.out().println(one.replyText.strip());
            }
        }
    }

    private static void write(JsonGenerator out, SessionInfo info, List<ShownTurn> turns) throws IOException {
        out.writeStartObject();
        SessionsCommand.writeFields(out, info);
        out.writeArrayFieldStart("history");
        for (ShownTurn one : turns) {
            out.writeStartObject();
            out.writeNumberField("turn", one.turn.turn());
            out.writeStringField("kind", one.turn.kind());
            out.writeNumberField("position", one.turn.position());
            out.writeStringField("started", one.turn.started().toString());
            out.writeStringField("prompt", one.promptText);
            ReplyJson.writeIds(out, "promptTokens", one.prompt);
            out.writeStringField("text", one.replyText);
            ReplyJson.writeIds(out, "tokens", one.reply);
            out.writeStringField("finish", one.turn.finish().map(ReceiptText::word).orElse(null));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
