package dev.mneme.runtime.chat;

import dev.mneme.runtime.chat.jinja.JinjaTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The constant pieces that a template writes around the texts of a conversation: all that is needed to go on with one. A
 * plain value that depends on the template and the date it was made with, so a session keeps it and stays what it is.
 *
 * <p>A document that is read in is the text of a user message that stays open: whatever follows, another document or a
 * turn, decides how it goes on ({@link #betweenUsers}).
 *
 * @param beforeUser opens the first user message of a conversation without a system message
 * @param afterUser closes a user message and opens the reply
 * @param afterReply closes a reply, with its end token, and opens the next user message
 * @param betweenUsers closes a user message and opens another; a blank line inside the same message where the template
 *     wants user and assistant to alternate
 * @param userText what the template does to the text of a user message
 * @param system how a system message begins the conversation, where the template knows one
 */
public record TurnShape(String beforeUser, String afterUser, String afterReply, String betweenUsers, TextRule userText,
        Optional<SystemFrame> system) {
    private static final int FIELDS_WITHOUT_SYSTEM = 5;
    private static final int FIELDS_WITH_SYSTEM = 8;

    /** What a template does to the text of a message. */
    public enum TextRule {
        KEPT,
        /** White space at both ends is removed. */
        TRIMMED;

        String apply(String text) {
            return this == KEPT ? text : JinjaTemplate.trim(text);
        }
    }

    /** Opens the system message, and closes it and opens the first user message. */
    public record SystemFrame(String before, String toUser, TextRule text) {}

    /** The shape as strings, for a journal or a cache. */
    public List<String> toFields() {
        List<String> fields = new ArrayList<>(List.of(beforeUser, afterUser, afterReply, betweenUsers, userText.name()));
        system.ifPresent(frame -> fields.addAll(List.of(frame.before(), frame.toUser(), frame.text().name())));
        return fields;
    }

    /**
     * Reads what {@link #toFields} gave.
     *
     * @throws IllegalArgumentException if these are not the fields of a shape
     */
    public static TurnShape ofFields(List<String> fields) {
        if (fields.size() != FIELDS_WITHOUT_SYSTEM && fields.size() != FIELDS_WITH_SYSTEM) {
            throw new IllegalArgumentException("a turn shape has %d or %d fields, not %d"
                    .formatted(FIELDS_WITHOUT_SYSTEM, FIELDS_WITH_SYSTEM, fields.size()));
        }
        Optional<SystemFrame> system = fields.size() == FIELDS_WITHOUT_SYSTEM
                ? Optional.empty()
                : Optional.of(new SystemFrame(fields.get(5), fields.get(6), TextRule.valueOf(fields.get(7))));
        return new TurnShape(fields.get(0), fields.get(1), fields.get(2), fields.get(3), TextRule.valueOf(fields.get(4)),
                system);
    }
}
