package dev.mneme.persistence.index;

import dev.mneme.persistence.JournalOrderException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.SessionNameTakenException;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.rocksdb.Batch;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.Optional;

/**
 * Puts the index rows of an event into the batch that holds the event. Only the committing thread calls it, so what it
 * checks here stays true until the batch is written.
 */
public final class Indexer {
    private Indexer() {}

    /**
     * Adds the rows that {@code event} causes.
     *
     * @throws JournalOrderException if the event contradicts those before it
     * @throws SessionNameTakenException if it creates a session under a name in use
     * @throws SessionGoneException if its session, or the session it forks, was deleted
     */
    public static void index(Batch batch, SessionPersistenceId session, long sequenceNr, SessionEvent event) {
        checkNext(batch, session, sequenceNr);
        switch (event) {
            case SessionCreated created -> bind(batch, session, created.name());
            case SessionForked forked -> {
                checkAlive(batch, session.tenant(), forked.parentSessionId());
                bind(batch, session, forked.name());
            }
            case SessionDeleted deleted -> unbind(batch, session, deleted);
            default -> {}
        }
        new IndexWriter(batch, session, sequenceNr).apply(event);
    }

    private static void checkNext(Batch batch, SessionPersistenceId session, long sequenceNr) {
        Optional<SessionHead> head = head(batch, new Rows(session));
        if (head.filter(SessionHead::deleted).isPresent()) {
            throw new SessionGoneException(session.tenant(), session.sessionId());
        }
        long last = head.map(SessionHead::sequenceNr).orElse(0L);
        if (sequenceNr != last + 1) {
            throw new JournalOrderException(
                    session.sessionId(), sequenceNr, "the last event is number " + last + "; does it have two writers?");
        }
    }

    private static void checkAlive(Batch batch, String tenant, String sessionId) {
        if (head(batch, new Rows(tenant, sessionId)).filter(head -> !head.deleted()).isEmpty()) {
            throw new SessionGoneException(tenant, sessionId);
        }
    }

    private static void bind(Batch batch, SessionPersistenceId session, String name) {
        Key key = Rows.names(session.tenant()).text(name);
        if (IndexReader.get(batch, key, "name " + name, FieldReader::text).isPresent()) {
            throw new SessionNameTakenException(session.tenant(), name);
        }
        put(batch, session, name);
    }

    static void put(Batch batch, SessionPersistenceId session, String name) {
        batch.put(Rows.names(session.tenant()).text(name), Body.of(out -> out.text(session.sessionId())));
    }

    private static void unbind(Batch batch, SessionPersistenceId session, SessionDeleted event) {
        String name = IndexReader.get(
                        batch, new Rows(session).facts(), "session " + session.sessionId(), SessionOrigin::read)
                .orElseThrow(() -> new SessionGoneException(session.tenant(), session.sessionId()))
                .name();
        batch.delete(Rows.names(session.tenant()).text(name));
        event.requestId()
                .ifPresent(id -> batch.put(
                        Rows.deletion(session.tenant(), name, id), Body.of(out -> out.text(session.sessionId()))));
    }

    private static Optional<SessionHead> head(Batch batch, Rows rows) {
        return IndexReader.get(batch, rows.head(), "session " + rows.sessionId(), SessionHead::read);
    }
}
