package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * A session began, empty.
 *
 * @param tenant who owns it
 * @param name the name it is opened by, unique among the tenant's sessions that are not deleted
 * @param sessionId its id, unique for good
 * @param createdAtMillis when, in milliseconds since 1970
 * @param facts what it was created with
 * @param requestId the caller's request id
 */
public record SessionCreated(
        String tenant,
        String name,
        String sessionId,
        long createdAtMillis,
        SessionFacts facts,
        Optional<String> requestId)
        implements SessionEvent {}
