package dev.mneme;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.actors.session.SessionReply.Described;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A session as it is at some moment.
 *
 * @param tenant who owns it
 * @param name the name that it is opened by
 * @param model the model that it belongs to
 * @param system its system text
 * @param raw whether it has no chat template
 * @param memory how it remembers, with nothing left open
 * @param pins the tokens that are always attended past the model's window
 * @param created when it was created or forked
 * @param tokens tokens in its journal
 * @param turns turns it has
 * @param lastFinish how the last turn ended; empty if there is none or it is open
 * @param cutOff whether the last reply can be resumed
 */
public record SessionInfo(
        String tenant,
        String name,
        String model,
        Optional<String> system,
        boolean raw,
        MemoryPolicy memory,
        List<TokenRange> pins,
        Instant created,
        int tokens,
        int turns,
        Optional<Finish> lastFinish,
        boolean cutOff) {
    static SessionInfo of(Described session) {
        return new SessionInfo(
                session.identity().tenant(),
                session.identity().name(),
                session.facts().model().name(),
                session.facts().system(),
                switch (session.facts().style()) {
                    case RAW -> true;
                    case CHAT -> false;
                },
                MemoryTerms.inForce(session.timeline()),
                session.timeline().pinned(),
                Instant.ofEpochMilli(session.identity().createdAtMillis()),
                session.tokens(),
                session.turns(),
                session.lastFinish().map(Finish::of),
                session.cutOff());
    }
}
