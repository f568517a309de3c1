package dev.mneme.persistence.index;

import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.SnapshotLog;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes back the space of deleted sessions that no fork reads any more.
 *
 * <p>Safe against a crash at any point: the row that says "deleted" goes last, so that what was begun is begun again.
 */
public final class Reclaim {
    private static final List<Space> OWN =
            List.of(Space.BRANCH, Space.POSITION, Space.TURN, Space.EDITS, Space.REQUEST, Space.BLOCK);

    private final RecordStore store;
    private final EventLog events;
    private final SnapshotLog snapshots;

    public Reclaim(RecordStore store, EventLog events, SnapshotLog snapshots) {
        this.store = store;
        this.events = events;
        this.snapshots = snapshots;
    }

    /**
     * Removes {@code sessionId} if it was deleted and no fork reads it, then its parent if that one is free now, and so
     * on.
     *
     * @param leaving told the id of each before it goes
     * @return the ids of the sessions that are gone
     */
    public List<String> reclaim(String tenant, String sessionId, Consumer<String> leaving) {
        SessionIndex index = new SessionIndex(store, events, tenant);
        List<String> gone = new ArrayList<>();
        Optional<String> next = Optional.of(sessionId);
        while (next.isPresent() && isFree(index, new Rows(tenant, next.get()))) {
            Rows rows = new Rows(tenant, next.get());
            Optional<String> parent =
                    index.origin(rows.sessionId()).flatMap(SessionOrigin::parent).map(BranchId::sessionId);
            leaving.accept(rows.sessionId());
            remove(rows, parent);
            gone.add(rows.sessionId());
            next = parent;
        }
        return gone;
    }

    private boolean isFree(SessionIndex index, Rows rows) {
        boolean deleted =
                index.head(rows.sessionId()).filter(SessionHead::deleted).isPresent();
        Key children = rows.children();
        boolean[] read = new boolean[1];
        store.scan(children, children.end(), child -> {
            read[0] = true;
            return false;
        });
        return deleted && !read[0];
    }

    private void remove(Rows rows, Optional<String> parent) {
        String persistenceId = new SessionPersistenceId(rows.tenant(), rows.sessionId()).text();
        OWN.forEach(space -> store.removeUnsynced(rows.in(space), rows.in(space).end()));
        snapshots.forget(persistenceId);
        events.forget(persistenceId);
        store.commit(batch -> {
                    batch.delete(rows.facts());
                    batch.delete(rows.head());
                    parent.ifPresent(id -> batch.delete(rows.of(id).child(rows.sessionId())));
                    return true;
                })
                .join();
    }
}
