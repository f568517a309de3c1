package dev.mneme.persistence.index;

import dev.mneme.persistence.FormatVersions;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.rocksdb.StoredRecord;
import dev.mneme.persistence.serialization.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the indexes anew from the journal. What is known of blocks stays: it is not in the journal, and a rebuilt block
 * is compared with it. Nothing else may write to the store meanwhile.
 */
public final class IndexRebuild {
    static final List<Space> FROM_EVENTS = List.of(
            Space.NAME,
            Space.FACTS,
            Space.HEAD,
            Space.CHILD,
            Space.BRANCH,
            Space.POSITION,
            Space.TURN,
            Space.EDITS,
            Space.REQUEST);
    private static final Key VERSION = Key.in(Space.META).text("index");
    private static final byte[] CURRENT = Body.of(out -> out.count(FormatVersions.INDEX));
    private static final int EVENTS_AT_ONCE = 1_000;

    private final RecordStore store;
    private final EventLog events;
    private final Set<SessionPersistenceId> done = new HashSet<>();

    private IndexRebuild(RecordStore store, EventLog events) {
        this.store = store;
        this.events = events;
    }

    /** Rebuilds the indexes if they are missing, half built, or of another version. */
    public static void runIfNeeded(RecordStore store, EventLog events) {
        if (!store.get(VERSION).map(IndexRebuild::isCurrent).orElse(false)) {
            run(store, events);
        }
    }

    private static boolean isCurrent(StoredRecord record) {
        try {
            return Arrays.equals(record.body(), CURRENT);
        } catch (BrokenRecordException e) {
            return false;
        }
    }

    /** Rebuilds the indexes of {@code events} in {@code store}. */
    public static void run(RecordStore store, EventLog events) {
        store.commit(batch -> {
                    batch.delete(VERSION);
                    return true;
                })
                .join();
        FROM_EVENTS.forEach(space -> store.removeUnsynced(Key.in(space), Key.in(space).end()));
        IndexRebuild rebuild = new IndexRebuild(store, events);
        events.persistenceIds(id -> SessionPersistenceId.parse(id).ifPresent(rebuild::session));
        store.commit(batch -> {
                    batch.put(VERSION, CURRENT);
                    return true;
                })
                .join();
    }

    private void session(SessionPersistenceId session) {
        if (!done.add(session)) {
            return;
        }
        parentOf(session).ifPresent(this::session);
        Replay replay = new Replay(session);
        events.read(session.text(), 1, Long.MAX_VALUE, record -> {
            replay.add(record);
            return true;
        });
        replay.finish();
    }

    private Optional<SessionPersistenceId> parentOf(SessionPersistenceId session) {
        return events.get(session.text(), 1)
                .flatMap(record -> record.event().sessionEvent())
                .flatMap(event -> event instanceof SessionForked forked
                        ? Optional.of(new SessionPersistenceId(session.tenant(), forked.parentSessionId()))
                        : Optional.empty());
    }

    /** Writes the rows of one session, so many events at a time. */
    private final class Replay {
        private final SessionPersistenceId session;
        private final List<EventRecord> waiting = new ArrayList<>();
        private @Nullable String name;

        Replay(SessionPersistenceId session) {
            this.session = session;
        }

        void add(EventRecord record) {
            waiting.add(record);
            if (waiting.size() == EVENTS_AT_ONCE) {
                write();
            }
        }

        void finish() {
            write();
            String bound = name;
            if (bound != null) {
                store.writeUnsynced(batch -> {
                    Indexer.put(batch, session, bound);
                    return true;
                });
            }
        }

        private void write() {
            store.writeUnsynced(batch -> {
                for (EventRecord record : waiting) {
                    record.event().sessionEvent().ifPresent(event -> {
                        name = nameAfter(event);
                        new IndexWriter(batch, session, record.sequenceNr()).apply(event);
                    });
                }
                return true;
            });
            waiting.clear();
        }

        /** A deleted session's name may be another's by now. */
        private @Nullable String nameAfter(SessionEvent event) {
            return switch (event) {
                case SessionCreated created -> created.name();
                case SessionForked forked -> forked.name();
                case SessionDeleted deleted -> null;
                default -> name;
            };
        }
    }
}
