package dev.mneme.actors.session;

import java.util.Optional;

/**
 * What a caller asks of a session's next turn.
 *
 * @param session the name that the caller knows the session by
 * @param content what is new
 * @param wishes how to reply
 * @param requestId makes a repeat safe: the first outcome is returned
 */
public record TurnRequest(
        String session, Content content, GenerationWishes wishes, Optional<String> requestId) {
    /** What is new in a turn. */
    public sealed interface Content {
        /** A user's message, to be answered. */
        record Message(String text) implements Content {}

        /** Text as it is, without a chat template, to be gone on from. */
        record RawText(String text) implements Content {}

        /** A document to read as a user's message, without a reply. */
        record Document(String text, String hash) implements Content {}

        /** A document to read as it is, without a reply. */
        record RawDocument(String text, String hash) implements Content {}

        /** Nothing: finish the reply that was cut off. */
        record Continuation() implements Content {}
    }
}
