package dev.mneme.app;

import dev.mneme.Finding;
import dev.mneme.Verification;
import dev.mneme.runtime.model.RuntimeOptions;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Checks a home. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Read every journal record and every block of the home, check checksums and fingerprints, say what is wrong.",
            "What a crash leaves behind is listed as 'leftover' and is no failure: the next turn deals with it.",
            "Exit code 1 for damage or loss."
        })
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private MnemeCommand mneme;

    @Option(names = "--repair",
            description = "Make again from the journal what is damaged or missing; say what is wrong after that.")
    private boolean repair;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Verification verification;
        try (OpenMemory memory = OpenMemory.at(mneme.place(), RuntimeOptions.defaults())) {
            verification = repair ? memory.mneme().repair() : memory.mneme().verify();
        }
        if (json) {
            console.out().println(toJson(verification));
        } else {
            for (Finding finding : verification.findings()) {
                console.out().println(word(finding) + ": " + place(finding) + ": " + finding.what());
            }
            console.err().println(String.format(Locale.ROOT, "%d sessions with %d tokens, %d blocks (%.1f MB) read: %s",
                    verification.sessions(), verification.tokens(), verification.blocks(),
                    verification.blockBytes() / 1e6, verification.isSound() ? "sound" : "NOT SOUND"));
        }
        return verification.isSound() ? 0 : 1;
    }

    private static String place(Finding finding) {
        return (finding.tenant().isEmpty() ? "" : "tenant " + finding.tenant() + ", ")
                + (finding.session().isEmpty() ? "" : "session " + finding.session() + ", ")
                + finding.where();
    }

    private static String word(Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT);
    }

    private static String toJson(Verification verification) {
        return JsonText.of(out -> {
            out.writeStartObject();
            out.writeBooleanField("sound", verification.isSound());
            out.writeNumberField("sessions", verification.sessions());
            out.writeNumberField("tokens", verification.tokens());
            out.writeNumberField("blocks", verification.blocks());
            out.writeNumberField("blockBytes", verification.blockBytes());
            out.writeArrayFieldStart("findings");
            for (Finding finding : verification.findings()) {
                out.writeStartObject();
                out.writeStringField("kind", word(finding));
                out.writeStringField("tenant", finding.tenant());
                out.writeStringField("session", finding.session());
                out.writeStringField("where", finding.where());
                out.writeStringField("what", finding.what());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }
}
