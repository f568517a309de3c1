package dev.mneme;

import dev.mneme.actors.session.SessionReply.Described;
import java.time.Instant;
import java.util.Optional;

/**
 * A session as it is at some moment.
 *
 * @param tenant who owns it
 * @param name the name that it is opened by
 * @param model the model that it belongs to
 * @param system its system text
 * @param raw whether it has no chat template
 * @param kvFormat the format in which keys and values are kept
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
        String kvFormat,
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
                session.facts().kvFormat(),
                Instant.ofEpochMilli(session.identity().createdAtMillis()),
                session.tokens(),
                session.turns(),
                session.lastFinish().map(Finish::of),
                session.cutOff());
    }
}
