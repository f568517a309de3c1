package dev.mneme.runtime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mneme.runtime.tokenizer.TextPart;
import dev.mneme.runtime.tokenizer.TextPart.Message;
import dev.mneme.runtime.tokenizer.TextPart.Template;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that a conversation grows by. The pieces of the {@link TurnShape} are template text, in which control tokens
 * are recognised; what users write is not. Immutable and thread-safe.
 *
 * <p>A <em>turn</em> is a user message and the opening of the reply: generation follows. A <em>document</em> is a user
 * message that stays open: another document or a turn follows, any time later. The first of a conversation is an
 * {@code opening…}; which method continues depends on what came last.
 *
 * <p>The begin-of-sequence token that the tokenizer asks for is never part of the result, even where the template writes
 * it: who starts the session puts it first. All methods throw {@code MalformedTextException} on a lone surrogate.
 */
public final class ChatTurns {
    private final Tokenizer tokenizer;
    private final TurnShape shape;

    public ChatTurns(Tokenizer tokenizer, TurnShape shape) {
        this.tokenizer = tokenizer;
        this.shape = shape;
    }

    public TurnShape shape() {
        return shape;
    }

    /** @throws ChatTemplateException if a system message is given and the template knows none */
    public int[] openingTurn(Optional<String> system, String user) {
        return opening(system, user, shape.afterUser());
    }

    /** @throws ChatTemplateException if a system message is given and the template knows none */
    public int[] openingDocument(Optional<String> system, String document) {
        return opening(system, document, "");
    }

    /** @param lastToken the last token of the session: if it is the reply's end token, that is not written again */
    public int[] turnAfterReply(String user, int lastToken) {
        return afterReply(user, lastToken, shape.afterUser());
    }

    /** @param lastToken as in {@link #turnAfterReply} */
    public int[] documentAfterReply(String document, int lastToken) {
        return afterReply(document, lastToken, "");
    }

    public int[] turnAfterDocument(String user) {
        return tokenizer.encode(userMessage(shape.betweenUsers(), user, shape.afterUser()));
    }

    public int[] documentAfterDocument(String document) {
        return tokenizer.encode(userMessage(shape.betweenUsers(), document, ""));
    }

    private int[] opening(Optional<String> system, String user, String after) {
        List<TextPart> parts = new ArrayList<>();
        if (system.isPresent()) {
            TurnShape.SystemFrame frame = shape.system().orElseThrow(() -> new ChatTemplateException(
                    "this model's chat template takes no system message; put it at the start of the first user message"));
            parts.add(new Template(frame.before()));
            parts.add(new Message(frame.text().apply(system.get())));
            parts.addAll(userMessage(frame.toUser(), user, after));
        } else {
            parts.addAll(userMessage(shape.beforeUser(), user, after));
        }
        int[] ids = tokenizer.encode(parts);
        boolean begins = tokenizer.beginOfSequence().isPresent() && ids.length > 0
                && ids[0] == tokenizer.beginOfSequence().getAsInt();
        return begins ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
    }

    private int[] afterReply(String user, int lastToken, String after) {
        int[] ids = tokenizer.encode(userMessage(shape.afterReply(), user, after));
        boolean ended = tokenizer.endOfGeneration().contains(lastToken)
                && shape.afterReply().contains(new String(tokenizer.piece(lastToken), UTF_8));
        int written = 0;
        while (ended && written < ids.length && ids[written++] != lastToken) {
            // All up to the end token is what the template writes behind a reply, such as Llama 2's space.
        }
        return Arrays.copyOfRange(ids, written, ids.length);
    }

    private List<TextPart> userMessage(String before, String text, String after) {
        return List.of(new Template(before), new Message(shape.userText().apply(text)), new Template(after));
    }
}
