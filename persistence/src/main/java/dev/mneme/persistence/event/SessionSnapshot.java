package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * All that a session actor has to know, of the same size at a hundred tokens and at a million.
 *
 * @param tenant who owns the session
 * @param name the name it is opened by
 * @param sessionId its id
 * @param createdAtMillis when it was created or forked, in milliseconds since 1970
 * @param facts what it was created with
 * @param branch the current branch, by the sequence number of the event that opened it
 * @param position how many tokens the session has
 * @param turns how many turns it has, an open one included
 * @param sealed its last full block, if it has one
 * @param tail the tokens after the last full block
 * @param lastTurn its latest turn, if it has one
 * @param lastFinish how that turn ended; empty while it is open
 * @param sequenceNr the number of the last event in it: the events after it name branches by theirs
 */
public record SessionSnapshot(
        String tenant,
        String name,
        String sessionId,
        long createdAtMillis,
        SessionFacts facts,
        long branch,
        int position,
        int turns,
        Optional<SealedBlock> sealed,
        Tokens tail,
        Optional<TurnFacts> lastTurn,
        Optional<FinishReason> lastFinish,
        long sequenceNr) {}
