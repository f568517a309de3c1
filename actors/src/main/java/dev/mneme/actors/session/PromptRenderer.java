package dev.mneme.actors.session;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.chat.ChatTurns;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.OptionalInt;

/** Turns what is new in a turn into tokens, given how the session ends now. Never reads what was said before. */
final class PromptRenderer {
    private final Live live;
    private final LoadedModel model;
    private final SessionIndex index;

    PromptRenderer(Live live, LoadedModel model, SessionIndex index) {
        this.live = live;
        this.model = model;
        this.index = index;
    }

    /** A user's message and the opening of the reply. */
    int[] message(String text) {
        ChatTurns turns = turns();
        if (live.position() == 0) {
            return begun(turns.openingTurn(live.facts().system(), text));
        }
        return afterDocument() ? turns.turnAfterDocument(text) : turns.turnAfterReply(text, lastToken());
    }

    /** A user's message that stays open. */
    int[] document(String text) {
        ChatTurns turns = turns();
        if (live.position() == 0) {
            return begun(turns.openingDocument(live.facts().system(), text));
        }
        return afterDocument() ? turns.documentAfterDocument(text) : turns.documentAfterReply(text, lastToken());
    }

    /** Text as it is. */
    int[] raw(String text) {
        if (live.facts().style() != SessionStyle.RAW) {
            throw new InvalidRequest("session '" + live.identity().name()
                    + "' is a chat; raw text goes to a session that was created raw");
        }
        int[] ids = model.tokenizer().encodeText(text);
        return live.position() == 0 ? begun(ids) : ids;
    }

    private ChatTurns turns() {
        if (live.facts().style() != SessionStyle.CHAT) {
            throw new InvalidRequest(
                    "session '" + live.identity().name() + "' was created raw; say raw text to it");
        }
        return model.turns(live.facts().templateDate());
    }

    private boolean afterDocument() {
        return live.lastTurn().filter(turn -> turn.kind() == TurnKind.INGEST).isPresent();
    }

    private int lastToken() {
        int[] tail = live.tip().tail();
        return tail.length > 0
                ? tail[tail.length - 1]
                : index.tokens(SessionEvolution.branchOf(live), live.position() - 1, live.position())[0];
    }

    private int[] begun(int[] ids) {
        Tokenizer tokenizer = model.tokenizer();
        OptionalInt begin = tokenizer.beginOfSequence();
        if (begin.isEmpty()) {
            return ids;
        }
        int[] all = new int[ids.length + 1];
        all[0] = begin.getAsInt();
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }
}
