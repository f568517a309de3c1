package dev.mneme;

import dev.mneme.persistence.index.TurnSpan;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A turn in a session's journal.
 *
 * @param turn its number, from 1
 * @param kind what was asked: say, raw, ingest or continue
 * @param position where its tokens begin
 * @param promptTokens how many of them are the prompt
 * @param end one past its last token
 * @param finish why it ended; empty while it is open
 * @param started when it began
 */
public record TurnInfo(
        int turn, String kind, int position, int promptTokens, int end, Optional<Finish> finish, Instant started) {
    static TurnInfo of(TurnSpan span) {
        return new TurnInfo(
                span.turn(),
                span.kind().name().toLowerCase(Locale.ROOT),
                span.position(),
                span.promptTotal(),
                span.end(),
                span.finish().map(Finish::of),
                Instant.ofEpochMilli(span.startedAtMillis()));
    }
}
