package dev.mneme.actors.node;

import dev.mneme.persistence.event.SessionStyle;
import java.util.Optional;

/**
 * How a session is to be opened. What a new session needs has defaults; what an existing session was created with stays.
 *
 * @param model the model by name, path or hub address; an existing session's must be the same
 * @param system the system text of a new session
 * @param style how text becomes tokens in a new session
 * @param kvFormat the KV format of a new session
 * @param requestId makes a repeat safe
 */
public record OpenRequest(
        Optional<String> model,
        Optional<String> system,
        SessionStyle style,
        String kvFormat,
        Optional<String> requestId) {
    /** All defaults. */
    public static final OpenRequest DEFAULT =
            new OpenRequest(Optional.empty(), Optional.empty(), SessionStyle.CHAT, "F16", Optional.empty());
}
