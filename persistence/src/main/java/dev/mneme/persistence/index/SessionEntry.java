package dev.mneme.persistence.index;

import java.util.Optional;

/**
 * A session as a list shows it.
 *
 * @param sessionId its id
 * @param origin how it began, and its name
 * @param head where it stands
 * @param lastTurn its last turn; empty if it has none
 */
public record SessionEntry(String sessionId, SessionOrigin origin, SessionHead head, Optional<TurnSpan> lastTurn) {}
