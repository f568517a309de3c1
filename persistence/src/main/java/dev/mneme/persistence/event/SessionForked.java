package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * A session began as a copy of another one of the same tenant. Nothing is copied: its first {@code position} tokens are
 * read from the parent.
 *
 * @param tenant who owns both
 * @param name the new session's name
 * @param sessionId the new session's id
 * @param createdAtMillis when, in milliseconds since 1970
 * @param parentSessionId the session it was forked from
 * @param parentBranch the branch of it that was current, by the sequence number of the event that opened that branch
 * @param position how many of the parent's tokens it has
 * @param turn how many of the parent's turns it has
 * @param requestId the caller's request id
 * @param facts what it inherits
 */
public record SessionForked(
        String tenant,
        String name,
        String sessionId,
        long createdAtMillis,
        String parentSessionId,
        long parentBranch,
        int position,
        int turn,
        Optional<String> requestId,
        SessionFacts facts)
        implements SessionEvent {}
