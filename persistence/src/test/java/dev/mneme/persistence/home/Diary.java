package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A session whose whole history is known beforehand, so that any part of it that is found again can be told from
 * garbage: event 1 creates it, event 2 starts a turn, each one after that samples one token.
 *
 * @param sessionId the session
 */
record Diary(String sessionId) {
    private static final String TENANT = "acme";

    String persistenceId() {
        return new SessionPersistenceId(TENANT, sessionId).text();
    }

    CompletableFuture<?> write(JournalDatabase database, long sequenceNr) {
        return database.append(
                persistenceId(),
                List.of(new EventRecord(sequenceNr, Serialized.of(event(sequenceNr)), "", "writer", sequenceNr)));
    }

    private SessionEvent event(long sequenceNr) {
        if (sequenceNr == 1) {
            return new SessionCreated(TENANT, "name of " + sessionId, sessionId, 1, Samples.FACTS, Optional.empty());
        }
        if (sequenceNr == 2) {
            return new TurnStarted(
                    1,
                    TurnKind.SAY,
                    Optional.of("request"),
                    0,
                    Tokens.NONE,
                    0,
                    Samples.OPTIONS,
                    Optional.empty(),
                    1);
        }
        int position = (int) sequenceNr - 3;
        return new TokensSampled(1, position, Tokens.of(token(position)));
    }

    int token(int position) {
        return (sessionId.hashCode() * 31 + position * 7919) & 0x3ffff;
    }

    /** Checks that what is there is the beginning of this diary, and the index with it; says how many events are there. */
    long checkBeginning(JournalDatabase database) {
        long last = database.events().highestSequenceNr(persistenceId());
        SessionIndex index = database.index(TENANT);
        for (long number = 1; number <= last; number++) {
            assertThat(index.event(sessionId, number)).contains(event(number));
        }
        if (last == 0) {
            assertThat(index.head(sessionId)).isEmpty();
            assertThat(database.directory(TENANT).list())
                    .noneMatch(entry -> entry.sessionId().equals(sessionId));
            return 0;
        }
        int tokens = (int) Math.max(0, last - 2);
        assertThat(index.head(sessionId)).hasValueSatisfying(head -> {
            assertThat(head.sequenceNr()).isEqualTo(last);
            assertThat(head.position()).isEqualTo(tokens);
        });
        int[] expected = new int[tokens];
        for (int position = 0; position < tokens; position++) {
            expected[position] = token(position);
        }
        assertThat(index.tokens(new BranchId(sessionId, 1), 0, tokens)).isEqualTo(expected);
        assertThat(database.directory(TENANT).find("name of " + sessionId)).contains(sessionId);
        return last;
    }
}
