package dev.mneme.persistence.index;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import java.util.Optional;

/**
 * What a turn covers.
 *
 * @param branch the branch that it was journaled in
 * @param turn its number, from 1
 * @param kind what was asked
 * @param requestId the caller's request id
 * @param position where its tokens begin
 * @param promptTotal how many of them are the prompt
 * @param end where its tokens end; so far, while it is open
 * @param finish why it ended; empty while it is open
 * @param startedAt the sequence number of the event that began it
 * @param endedAt the sequence number of the event that ended it; 0 while it is open
 * @param startedAtMillis when it began, in milliseconds since 1970
 */
public record TurnSpan(
        BranchId branch,
        int turn,
        TurnKind kind,
        Optional<String> requestId,
        int position,
        int promptTotal,
        int end,
        Optional<FinishReason> finish,
        long startedAt,
        long endedAt,
        long startedAtMillis) {
    TurnSpan ended(int newEnd, FinishReason reason, long sequenceNr) {
        return new TurnSpan(
                branch,
                turn,
                kind,
                requestId,
                position,
                promptTotal,
                newEnd,
                Optional.of(reason),
                startedAt,
                sequenceNr,
                startedAtMillis);
    }

    /**
     * The turn as a branch sees it that reads tokens from here only up to {@code position}: what it did after that is
     * not that branch's.
     */
    TurnSpan seenUpTo(int position) {
        return finish.isPresent() && end <= position ? this : ended(Math.min(end, position), FinishReason.INTERRUPTED, endedAt);
    }

    TurnSpan upTo(int newEnd) {
        return new TurnSpan(
                branch,
                turn,
                kind,
                requestId,
                position,
                promptTotal,
                newEnd,
                finish,
                startedAt,
                endedAt,
                startedAtMillis);
    }

    byte[] body() {
        return Body.of(out -> {
            out.text(branch.sessionId());
            out.longCount(branch.branch());
            out.count(turn);
            out.name(kind);
            out.optional(requestId, FieldWriter::text);
            out.count(position);
            out.count(promptTotal);
            out.count(end);
            out.optional(finish, FieldWriter::name);
            out.longCount(startedAt);
            out.longCount(endedAt);
            out.longCount(startedAtMillis);
        });
    }

    static TurnSpan read(FieldReader in) {
        return new TurnSpan(
                new BranchId(in.text(), in.longCount()),
                in.count(),
                in.name(TurnKind.class),
                in.optional(FieldReader::text),
                in.count(),
                in.count(),
                in.count(),
                in.optional(reader -> reader.name(FinishReason.class)),
                in.longCount(),
                in.longCount(),
                in.longCount());
    }
}
