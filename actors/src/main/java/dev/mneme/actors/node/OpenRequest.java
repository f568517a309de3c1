package dev.mneme.actors.node;

import dev.mneme.actors.session.MemoryWishes;
import dev.mneme.persistence.event.SessionStyle;
import java.util.Optional;

/**
 * How a session is to be opened. What a new session needs has defaults; what an existing session was created with stays.
 *
 * @param model the model by name, path or hub address; an existing session's must be the same
 * @param system the system text of a new session
 * @param style how text becomes tokens in a new session
 * @param memory how a new session remembers
 * @param requestId makes a repeat safe
 */
public record OpenRequest(
        Optional<String> model,
        Optional<String> system,
        SessionStyle style,
        MemoryWishes memory,
        Optional<String> requestId) {
    /** All defaults. */
    public static final OpenRequest DEFAULT =
            new OpenRequest(
                    Optional.empty(), Optional.empty(), SessionStyle.CHAT, MemoryWishes.NONE, Optional.empty());
}
