package dev.mneme.actors.session;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.index.SessionEntry;
import dev.mneme.persistence.index.SessionOrigin;
import dev.mneme.persistence.index.TurnSpan;
import java.util.Optional;

/** What a session actor answers. */
public sealed interface SessionReply {
    /**
     * The session as it is now.
     *
     * @param identity who it is
     * @param facts what it was created with
     * @param timeline how it remembers
     * @param branch its current branch in the index
     * @param tokens tokens in its journal
     * @param turns turns it has
     * @param lastFinish how the last turn ended; empty if it is open or there is none
     * @param cutOff whether the last reply can be continued
     */
    record Described(
            SessionIdentity identity,
            SessionFacts facts,
            MemoryTimeline timeline,
            long branch,
            int tokens,
            int turns,
            Optional<FinishReason> lastFinish,
            boolean cutOff)
            implements SessionReply {
        /** The session as the index has it, which is what its actor would answer, without one being started. */
        public static Described of(String tenant, SessionEntry entry) {
            SessionOrigin origin = entry.origin();
            Optional<FinishReason> lastFinish = entry.lastTurn().flatMap(TurnSpan::finish);
            return new Described(
                    new SessionIdentity(tenant, origin.name(), entry.sessionId(), origin.createdAtMillis()),
                    origin.facts(),
                    MemoryTimeline.of(origin.facts(), entry.edits()),
                    entry.head().branch(),
                    entry.head().position(),
                    entry.head().turns(),
                    lastFinish,
                    entry.lastTurn()
                            .filter(turn -> SessionState.cutOff(turn.kind(), lastFinish))
                            .isPresent());
        }
    }

    /** The session is deleted. */
    record Gone() implements SessionReply {}

    /** Nothing was ever journaled under this id. */
    record Unknown() implements SessionReply {}

    /** It cannot be done; the session is as it was. */
    record Refused(RuntimeException reason) implements SessionReply {}
}
