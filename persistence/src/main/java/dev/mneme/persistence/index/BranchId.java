package dev.mneme.persistence.index;

/**
 * One branch of a session.
 *
 * @param sessionId the session
 * @param branch the sequence number of the event that opened the branch
 */
public record BranchId(String sessionId, long branch) {}
