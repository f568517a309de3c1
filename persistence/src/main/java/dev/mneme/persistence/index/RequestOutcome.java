package dev.mneme.persistence.index;

import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;

/**
 * What came of the first request with some request id.
 *
 * @param kind what was done
 * @param branch the session's branch then; for a rewind, the branch it opened
 * @param turn the turn that was started or rewound to; the turns there were, for all else
 * @param sequenceNr the number of the event that did it
 */
public record RequestOutcome(RequestKind kind, long branch, int turn, long sequenceNr) {
    byte[] body() {
        return Body.of(out -> {
            out.name(kind);
            out.longCount(branch);
            out.count(turn);
            out.longCount(sequenceNr);
        });
    }

    static RequestOutcome read(FieldReader in) {
        return new RequestOutcome(in.name(RequestKind.class), in.longCount(), in.count(), in.longCount());
    }
}
