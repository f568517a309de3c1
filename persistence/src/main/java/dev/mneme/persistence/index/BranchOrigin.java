package dev.mneme.persistence.index;

import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import java.util.Optional;

/**
 * Where a branch came from.
 *
 * @param parent the branch it left; none for the first branch of a session that was not forked
 * @param position how many tokens it reads from there
 * @param turns how many turns it reads from there
 */
record BranchOrigin(Optional<BranchId> parent, int position, int turns) {
    static final BranchOrigin NOWHERE = new BranchOrigin(Optional.empty(), 0, 0);

    byte[] body() {
        return Body.of(out -> {
            out.optional(parent.map(BranchId::sessionId), FieldWriter::text);
            out.longCount(parent.map(BranchId::branch).orElse(0L));
            out.count(position);
            out.count(turns);
        });
    }

    static BranchOrigin read(FieldReader in) {
        Optional<String> session = in.optional(FieldReader::text);
        long branch = in.longCount();
        return new BranchOrigin(session.map(id -> new BranchId(id, branch)), in.count(), in.count());
    }
}
