package dev.mneme.persistence.index;

import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.Optional;
import java.util.function.Function;

/** Finds index rows of one tenant's sessions. */
final class TenantRows {
    private final RecordStore store;
    private final String tenant;

    TenantRows(RecordStore store, String tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    Rows of(String sessionId) {
        return new Rows(tenant, sessionId);
    }

    String persistenceId(String sessionId) {
        return new SessionPersistenceId(tenant, sessionId).text();
    }

    /** @param what names the row where it is damaged */
    <T> Optional<T> get(Key key, String what, Function<FieldReader, T> fields) {
        return store.get(key).map(record -> IndexReader.read(what, record, fields));
    }

    Optional<SessionHead> head(String sessionId) {
        return get(of(sessionId).head(), "session " + sessionId, SessionHead::read);
    }

    /** @throws SessionGoneException if there is no such branch */
    BranchOrigin origin(BranchId branch) {
        return get(of(branch.sessionId()).branch(branch.branch()), branch.toString(), BranchOrigin::read)
                .orElseThrow(() -> new SessionGoneException(tenant, branch.toString()));
    }
}
