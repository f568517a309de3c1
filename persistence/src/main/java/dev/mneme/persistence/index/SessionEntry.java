package dev.mneme.persistence.index;

/**
 * A session as a list shows it.
 *
 * @param sessionId its id
 * @param origin how it began, and its name
 * @param head where it stands
 */
public record SessionEntry(String sessionId, SessionOrigin origin, SessionHead head) {}
