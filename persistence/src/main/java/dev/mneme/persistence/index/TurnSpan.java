package dev.mneme.persistence.index;

import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a turn covers.
 *
 * @param branch the branch that it was journaled in, or continued in last
 * @param turn its number, from 1
 * @param kind what was asked
 * @param requestId the caller's request id
 * @param position where its tokens begin
 * @param promptTotal how many of them are the prompt
 * @param end where its tokens end; so far, while it is open
 * @param finish why it ended; empty while it is open
 * @param startedAt the sequence number of the event that began it, or continued it last
 * @param endedAt the sequence number of the event that ended it; 0 while it is open, and where it was cut off without
 *     one
 * @param startedAtMillis when it began, in milliseconds since 1970
 * @param before how it had ended before it was continued, first to last; empty if it was not
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
        long startedAtMillis,
        List<TurnEnd> before) {
    public TurnSpan {
        before = List.copyOf(before);
    }

    TurnSpan ended(int newEnd, FinishReason reason, long sequenceNr) {
        return endedAs(new TurnEnd(newEnd, reason, startedAt, sequenceNr), before);
    }

    /** The turn, going on in {@code current} at {@code newPosition} by the event {@code sequenceNr}. */
    TurnSpan continuedIn(BranchId current, int newPosition, long sequenceNr) {
        List<TurnEnd> ends = new ArrayList<>();
        if (branch.equals(current)) {
            ends.addAll(before);
            ends.add(new TurnEnd(end, finish.orElseThrow(), startedAt, endedAt));
        }
        return new TurnSpan(
                current,
                turn,
                kind,
                requestId,
                position,
                promptTotal,
                newPosition,
                Optional.empty(),
                sequenceNr,
                0,
                startedAtMillis,
                ends);
    }

    /**
     * The turn as a branch sees it that left this one after {@code limit} tokens, whatever the turn did after that: as
     * it had ended there, else cut off there.
     */
    TurnSpan seenUpTo(int limit) {
        for (int i = 0; i < before.size(); i++) {
            TurnEnd then = before.get(i);
            if (limit == then.position()) {
                return endedAs(then, before.subList(0, i));
            }
            if (limit < then.position()) {
                return endedAs(new TurnEnd(limit, FinishReason.INTERRUPTED, then.startedAt(), 0), before.subList(0, i));
            }
        }
        return finish.isPresent() && end <= limit
                ? this
                : endedAs(new TurnEnd(limit, FinishReason.INTERRUPTED, startedAt, 0), before);
    }

    /**
     * The turn as it was at the end of what the event {@code sequenceNr} had begun or continued, whatever continued it
     * after that.
     */
    public TurnSpan asBegunBy(long sequenceNr) {
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i).startedAt() == sequenceNr) {
                return endedAs(before.get(i), before.subList(0, i));
            }
        }
        return this;
    }

    private TurnSpan endedAs(TurnEnd last, List<TurnEnd> others) {
        return new TurnSpan(
                branch,
                turn,
                kind,
                requestId,
                position,
                promptTotal,
                last.position(),
                Optional.of(last.finish()),
                last.startedAt(),
                last.endedAt(),
                startedAtMillis,
                others);
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
                startedAtMillis,
                before);
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
            out.list(before, TurnEnd::write);
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
                in.longCount(),
                in.list(TurnEnd::read));
    }
}
