package dev.mneme.app;

import dev.mneme.MemoryPolicy;
import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.SessionOpening;
import dev.mneme.errors.SessionNotFound;
import dev.mneme.models.ModelCatalog;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a new session is created as. An existing session stays what it is: asking it to be something else is refused, as
 * it would otherwise be forgotten in silence.
 */
final class SessionChoice {
    @Option(names = "--model", paramLabel = "MODEL",
            description = "The session's model (see 'mneme models'). Default: smollm2:135m.")
    private @Nullable String model;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before the conversation.")
    private @Nullable String system;

    @Option(names = "--raw", description = "No chat template: text is gone on from as it is. For base models.")
    private boolean raw;

    @Mixin
    private MemoryChoice memory = new MemoryChoice();

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    RuntimeChoice runtime() {
        return runtime;
    }

    /** Opens a session that has to be there. */
    Session existing(OpenMemory opened, String name) {
        Session existing = opened.tenant().existing(name);
        check(existing.describe());
        return model == null ? existing : opened.tenant().session(name).model(model).open();
    }

    /** Opens the session, and creates it (with its model pulled) where there is none of this name. */
    Session open(OpenMemory opened, String name, Console console) {
        try {
            return existing(opened, name);
        } catch (SessionNotFound nothingYet) {
            String chosen = Optional.ofNullable(model).orElse(ModelCatalog.DEFAULT_MODEL);
            new Models(console).obtain(chosen);
            return opening(opened.tenant().session(name).model(chosen)).open();
        }
    }

    private SessionOpening opening(SessionOpening blank) {
        SessionOpening opening = blank;
        if (system != null) {
            opening = opening.system(system);
        }
        if (raw) {
            opening = opening.raw();
        }
        return memory.isAsked() || runtime.askedKv().isPresent()
                ? opening.memory(memory.over(MemoryPolicy.sparse(), runtime.askedKv()))
                : opening;
    }

    private void check(SessionInfo session) {
        if (system != null && !session.system().equals(Optional.of(system))) {
            refuse(session, "another system text");
        }
        if (raw && !session.raw()) {
            refuse(session, "a chat template");
        }
        if (!memory.isMetBy(session.memory(), runtime.askedKv())) {
            throw new CommandFailure("Session '" + session.name() + "' remembers otherwise: " + MemoryText.of(session.memory())
                    + ". Leave the options out, or change it by 'mneme memory'.");
        }
    }

    private static void refuse(SessionInfo session, String has) {
        throw new CommandFailure("Session '" + session.name() + "' was begun with " + has
                + ", which stays: leave the option out, or choose another session name.");
    }
}
