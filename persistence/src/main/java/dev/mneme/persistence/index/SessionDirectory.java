package dev.mneme.persistence.index;

import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which of one tenant's sessions has which name.
 *
 * <p>A name is bound by the event that creates or forks the session and free again with the event that deletes it, so
 * it is as durable as they are, and two sessions never get the same name: the second event is refused. Thread-safe;
 * methods read from disk.
 */
public final class SessionDirectory {
    private final RecordStore store;
    private final String tenant;
    private final SessionIndex index;

    public SessionDirectory(RecordStore store, SessionIndex index, String tenant) {
        this.store = store;
        this.index = index;
        this.tenant = tenant;
    }

    /** The id of the session named {@code name}. */
    public Optional<String> find(String name) {
        return store.get(Rows.names(tenant).text(name))
                .map(record -> IndexReader.read("name " + name, record, FieldReader::text));
    }

    /**
     * The session named {@code name} that the request {@code requestId} deleted: a repeat of that request has nothing to
     * do, even if the name belongs to another session by now.
     */
    public Optional<String> deletedBy(String name, String requestId) {
        return store.get(Rows.deletion(tenant, name, requestId))
                .map(record -> IndexReader.read("deletion of " + name, record, FieldReader::text));
    }

    /** All sessions that are not deleted, by name. */
    public List<SessionEntry> list() {
        Key names = Rows.names(tenant);
        List<String> sessionIds = new ArrayList<>();
        store.scan(names, names.end(), record -> {
            sessionIds.add(IndexReader.read("names of tenant " + tenant, record, FieldReader::text));
            return true;
        });
        return sessionIds.stream()
                .flatMap(id -> index.origin(id).flatMap(origin -> entry(id, origin)).stream())
                .sorted(Comparator.comparing(entry -> entry.origin().name()))
                .toList();
    }

    /** The session at one moment: what was written between two reads of it is read again. Empty if it was deleted. */
    private Optional<SessionEntry> entry(String sessionId, SessionOrigin origin) {
        Optional<SessionHead> head = alive(sessionId);
        while (head.isPresent()) {
            Optional<SessionEntry> entry = entry(sessionId, origin, head.get());
            Optional<SessionHead> now = alive(sessionId);
            if (now.equals(head)) {
                return entry;
            }
            head = now;
        }
        return Optional.empty();
    }

    private Optional<SessionHead> alive(String sessionId) {
        return index.head(sessionId).filter(head -> !head.deleted());
    }

    private Optional<SessionEntry> entry(String sessionId, SessionOrigin origin, SessionHead head) {
        BranchId branch = new BranchId(sessionId, head.branch());
        try {
            return Optional.of(new SessionEntry(
                    sessionId, origin, head, index.turn(branch, head.turns()), index.edits(branch, head.sequenceNr())));
        } catch (SessionGoneException e) {
            if (alive(sessionId).isPresent()) {
                throw e;
            }
            return Optional.empty(); // its rows went while they were read
        }
    }

    /** The ids of all sessions that anything is kept of, those that were deleted and are still read by forks too. */
    public List<String> sessionIds() {
        Key sessions = Rows.sessions(tenant);
        List<String> sessionIds = new ArrayList<>();
        store.scan(sessions, sessions.end(), record -> {
            sessionIds.add(sessions.textAfter(record.key()));
            return true;
        });
        return sessionIds;
    }
}
