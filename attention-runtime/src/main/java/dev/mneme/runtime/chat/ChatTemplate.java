package dev.mneme.runtime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mneme.runtime.chat.TurnShape.SystemFrame;
import dev.mneme.runtime.chat.TurnShape.TextRule;
import dev.mneme.runtime.chat.jinja.JinjaException;
import dev.mneme.runtime.chat.jinja.JinjaTemplate;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat template of a model file. Immutable and thread-safe.
 *
 * <p>{@link #shape} is what sessions use: it runs the template over a few stand-in conversations whose texts are markers,
 * and cuts the renderings at those.
 */
public final class ChatTemplate {
    private static final String USER = "mneme7user1marker";
    private static final String SECOND_USER = "mneme7user2marker";
    private static final String REPLY = "mneme7reply1marker";
    private static final String SYSTEM = "mneme7system1marker";
    /** Joins documents and turns inside one user message, where two in a row are not allowed. */
    private static final String BLANK_LINE = "\n\n";

    private final JinjaTemplate template;
    private final String beginToken;
    private final String endToken;

    private ChatTemplate(JinjaTemplate template, String beginToken, String endToken) {
        this.template = template;
        this.beginToken = beginToken;
        this.endToken = endToken;
    }

    /**
     * The template in {@code tokenizer.chat_template}; base models have none.
     *
     * @throws ChatTemplateException if it is not valid
     */
    public static Optional<ChatTemplate> from(GgufFile file, Tokenizer tokenizer) {
        if (!file.metadata().has("tokenizer.chat_template")) {
            return Optional.empty();
        }
        int begin = file.metadata().integerOr("tokenizer.ggml.bos_token_id", -1);
        return Optional.of(of(file.metadata().string("tokenizer.chat_template"),
                begin < 0 ? "" : spelling(tokenizer, begin),
                tokenizer.endOfSequence().isEmpty() ? "" : spelling(tokenizer, tokenizer.endOfSequence().getAsInt())));
    }

    /**
     * A template from elsewhere.
     *
     * @param beginToken spelling of the begin-of-sequence token, which the template knows as {@code bos_token}
     * @param endToken spelling of the end-of-sequence token, {@code eos_token}
     * @throws ChatTemplateException if it is not valid
     */
    public static ChatTemplate of(String source, String beginToken, String endToken) {
        try {
            return new ChatTemplate(JinjaTemplate.compile(source), beginToken, endToken);
        } catch (JinjaException e) {
            throw new ChatTemplateException(
                    "this model's chat template cannot be read (%s); use raw text".formatted(e.getMessage()), e);
        }
    }

    private static String spelling(Tokenizer tokenizer, int id) {
        return new String(tokenizer.piece(id), UTF_8);
    }

    /**
     * The whole of a conversation, ready for a reply.
     *
     * @throws ChatTemplateException if the template fails, or refuses the conversation
     */
    public String render(List<Message> messages, LocalDate date) {
        try {
            return tryRender(messages, date);
        } catch (JinjaException.Raised e) {
            throw new ChatTemplateException("this model's chat template refuses the conversation: " + e.getMessage(), e);
        }
    }

    private String tryRender(List<Message> messages, LocalDate date) {
        List<Map<String, String>> spoken = messages.stream()
                .map(message -> Map.of("role", message.role().templateName(), "content", message.content())).toList();
        Map<String, Object> variables = Map.of("messages", spoken, "add_generation_prompt", true,
                "bos_token", beginToken, "eos_token", endToken);
        try {
            return template.render(variables, date);
        } catch (JinjaException.Raised e) {
            throw e;
        } catch (JinjaException e) {
            throw new ChatTemplateException(
                    "this model's chat template cannot be run (%s); use raw text".formatted(e.getMessage()), e);
        }
    }

    /**
     * The constant pieces of the template.
     *
     * @param date the day that the template may mention
     * @throws ChatTemplateException if the template cannot be run, or does not keep the texts of messages
     */
    public TurnShape shape(LocalDate date) {
        String first = render(List.of(Message.user(USER)), date);
        Cut opening = Cut.at(first, USER);
        String third = render(List.of(Message.user(USER), Message.assistant(REPLY), Message.user(SECOND_USER)), date);
        Cut next = Cut.at(Cut.at(third, REPLY).after(), SECOND_USER);
        if (!next.after().equals(opening.after())) {
            throw new ChatTemplateException("this model's chat template opens a first and a later reply differently ('"
                    + opening.after() + "', '" + next.after() + "'); use raw text");
        }
        return new TurnShape(opening.before(), opening.after(), next.before(), betweenUsers(date),
                ruleFor(Message.Role.USER, date), systemFrame(opening.after(), date));
    }

    private String betweenUsers(LocalDate date) {
        try {
            String both = tryRender(List.of(Message.user(USER), Message.user(SECOND_USER)), date);
            return Cut.at(Cut.at(both, USER).after(), SECOND_USER).before();
        } catch (JinjaException.Raised e) {
            return BLANK_LINE;
        }
    }

    private Optional<SystemFrame> systemFrame(String afterUser, LocalDate date) {
        String rendered;
        try {
            rendered = tryRender(List.of(Message.system(SYSTEM), Message.user(USER)), date);
        } catch (JinjaException.Raised e) {
            return Optional.empty();
        }
        if (!rendered.contains(SYSTEM)) {
            return Optional.empty();
        }
        Cut system = Cut.at(rendered, SYSTEM);
        Cut user = Cut.at(system.after(), USER);
        if (!user.after().equals(afterUser)) {
            throw new ChatTemplateException(
                    "this model's chat template closes a user message differently after a system message; use raw text");
        }
        return Optional.of(new SystemFrame(system.before(), user.before(), ruleFor(Message.Role.SYSTEM, date)));
    }

    /** Templates that remove white space at one end only are rare, and taken for those that do it at both. */
    private TextRule ruleFor(Message.Role role, LocalDate date) {
        String system = role == Message.Role.SYSTEM ? "\t " + SYSTEM + " \n" : SYSTEM;
        String user = role == Message.Role.USER ? "\t " + USER + " \n" : USER;
        List<Message> messages = role == Message.Role.SYSTEM
                ? List.of(Message.system(system), Message.user(user))
                : List.of(Message.user(user));
        return render(messages, date).contains(role == Message.Role.SYSTEM ? system : user) ? TextRule.KEPT : TextRule.TRIMMED;
    }

    /** What stands before and after a marker. */
    private record Cut(String before, String after) {
        static Cut at(String text, String marker) {
            int start = text.indexOf(marker);
            if (start < 0 || text.indexOf(marker, start + 1) >= 0) {
                throw new ChatTemplateException("this model's chat template does not keep the text of a message as it is"
                        + " and once, so new turns cannot be told from old ones; use raw text");
            }
            return new Cut(text.substring(0, start), text.substring(start + marker.length()));
        }
    }
}
