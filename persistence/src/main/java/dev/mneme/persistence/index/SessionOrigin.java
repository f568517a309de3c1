package dev.mneme.persistence.index;

import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.RecordCodec;
import java.util.Optional;

/**
 * How a session began, whichever way.
 *
 * @param name the name it was given
 * @param createdAtMillis when, in milliseconds since 1970
 * @param facts what it was created with, or inherited
 * @param parent the branch it was forked from, if it was
 */
public record SessionOrigin(String name, long createdAtMillis, SessionFacts facts, Optional<BranchId> parent) {
    static SessionOrigin read(FieldReader in) {
        return switch (RecordCodec.decode(in.text(), in.bytes())) {
            case SessionCreated created ->
                new SessionOrigin(created.name(), created.createdAtMillis(), created.facts(), Optional.empty());
            case SessionForked forked ->
                new SessionOrigin(
                        forked.name(),
                        forked.createdAtMillis(),
                        forked.facts(),
                        Optional.of(new BranchId(forked.parentSessionId(), forked.parentBranch())));
            case Object other -> throw new IllegalArgumentException("a session does not begin with " + other);
        };
    }
}
