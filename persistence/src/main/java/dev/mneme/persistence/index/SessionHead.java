package dev.mneme.persistence.index;

import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;

/**
 * Where a session stands.
 *
 * @param branch its current branch
 * @param position how many tokens it has
 * @param turns how many turns it has, an open one included
 * @param turnOpen whether the last turn has not ended
 * @param sequenceNr the number of its last event
 * @param deleted whether it was deleted
 */
public record SessionHead(
        long branch, int position, int turns, boolean turnOpen, long sequenceNr, boolean deleted) {
    SessionHead at(int newPosition) {
        return new SessionHead(branch, newPosition, turns, turnOpen, sequenceNr, deleted);
    }

    SessionHead inTurn(int turn) {
        return new SessionHead(branch, position, turn, true, sequenceNr, deleted);
    }

    SessionHead betweenTurns() {
        return new SessionHead(branch, position, turns, false, sequenceNr, deleted);
    }

    SessionHead after(long newSequenceNr) {
        return new SessionHead(branch, position, turns, turnOpen, newSequenceNr, deleted);
    }

    SessionHead gone() {
        return new SessionHead(branch, position, turns, turnOpen, sequenceNr, true);
    }

    byte[] body() {
        return Body.of(out -> {
            out.longCount(branch);
            out.count(position);
            out.count(turns);
            out.flag(turnOpen);
            out.longCount(sequenceNr);
            out.flag(deleted);
        });
    }

    static SessionHead read(FieldReader in) {
        return new SessionHead(in.longCount(), in.count(), in.count(), in.flag(), in.longCount(), in.flag());
    }
}
