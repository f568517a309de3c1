package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.MemoryPolicy;
import dev.mneme.SessionInfo;
import dev.mneme.TurnInfo;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a session remembers, for people and for scripts. */
final class MemoryText {
    private MemoryText() {
    }

    static String of(MemoryPolicy policy) {
        String kept = ", keys and values in " + format(policy);
        return switch (policy) {
            case MemoryPolicy.Dense dense -> "dense" + kept;
            case MemoryPolicy.Auto auto -> "auto: " + of(auto.picked().orElseThrow());
            case MemoryPolicy.Sparse sparse -> "sparse (sinks %d, window %d, top-k %d, candidates %d, refresh %d, survey %d)"
                    .formatted(
                            sparse.sinks().orElseThrow(),
                            sparse.window().orElseThrow(),
                            sparse.topK().orElseThrow(),
                            sparse.candidates().orElseThrow(),
                            sparse.refresh().orElseThrow(),
                            sparse.survey().orElseThrow()) + kept;
        };
    }

    /** The pinned turns, in one line; empty if there are none. */
    static Optional<String> pins(SessionInfo session, List<TurnInfo> turns) {
        String pinned = turns.stream()
                .filter(turn -> session.pins().stream().anyMatch(pin -> pin.from() == turn.position()))
                .map(turn -> "turn " + turn.turn())
                .collect(Collectors.joining(", "));
        return pinned.isEmpty() ? Optional.empty() : Optional.of("pinned: " + pinned);
    }

    private static String format(MemoryPolicy inForce) {
        MemoryPolicy policy = inForce instanceof MemoryPolicy.Auto auto ? auto.picked().orElseThrow() : inForce;
        return policy.format().orElseThrow().name().toLowerCase(Locale.ROOT);
    }

    /** The object {@code memory}, in an object that is open. */
    static void write(JsonGenerator out, SessionInfo session) throws IOException {
        out.writeObjectFieldStart("memory");
        MemoryPolicy policy = session.memory();
        if (policy instanceof MemoryPolicy.Auto auto) {
            out.writeBooleanField("auto", true);
            policy = auto.picked().orElseThrow();
        }
        if (policy instanceof MemoryPolicy.Sparse sparse) {
            out.writeStringField("policy", "sparse");
            out.writeNumberField("sinks", sparse.sinks().orElseThrow());
            out.writeNumberField("window", sparse.window().orElseThrow());
            out.writeNumberField("topK", sparse.topK().orElseThrow());
            out.writeNumberField("candidates", sparse.candidates().orElseThrow());
            out.writeNumberField("refresh", sparse.refresh().orElseThrow());
            out.writeNumberField("survey", sparse.survey().orElseThrow());
        } else {
            out.writeStringField("policy", "dense");
        }
        out.writeStringField("kv", format(session.memory()));
        out.writeArrayFieldStart("pinned");
        for (var pin : session.pins()) {
            out.writeStartObject();
            out.writeNumberField("from", pin.from());
            out.writeNumberField("to", pin.to());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
