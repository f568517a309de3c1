package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.SessionInfo;
import dev.mneme.runtime.model.RuntimeOptions;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists sessions. */
@Command(name = "sessions", mixinStandardHelpOptions = true, description = "List the sessions of the tenant.")
final class SessionsCommand implements Runnable {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Option(names = "--json", description = "Write one JSON object {\"sessions\":[…]}.")
    private boolean json;

    SessionsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        List<SessionInfo> sessions;
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            sessions = memory.tenant().list();
        }
        if (json) {
            console.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeArrayFieldStart("sessions");
                for (SessionInfo session : sessions) {
                    out.writeStartObject();
                    writeFields(out, session);
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }));
            return;
        }
        for (SessionInfo session : sessions) {
            console.out().println(String.format(Locale.ROOT, "%-24s %6d tokens %4d turns  %-16s %s%s",
                    session.name(), session.tokens(), session.turns(), session.model(),
                    session.created().truncatedTo(ChronoUnit.SECONDS),
                    session.cutOff() ? "  (reply cut off)" : ""));
        }
        if (sessions.isEmpty()) {
            console.err().println("No sessions yet: 'mneme chat' begins one.");
        }
    }

    /** The fields that describe a session, in an object that is open. */
    static void writeFields(JsonGenerator out, SessionInfo session) throws IOException {
        out.writeStringField("session", session.name());
        out.writeStringField("tenant", session.tenant());
        out.writeStringField("model", session.model());
        out.writeStringField("system", session.system().orElse(null));
        out.writeBooleanField("raw", session.raw());
        MemoryText.write(out, session);
        out.writeStringField("created", session.created().toString());
        out.writeNumberField("tokens", session.tokens());
        out.writeNumberField("turns", session.turns());
        out.writeStringField("lastFinish", session.lastFinish().map(ReceiptText::word).orElse(null));
        out.writeBooleanField("cutOff", session.cutOff());
    }
}
