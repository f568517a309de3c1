package dev.mneme.persistence.index;

import dev.mneme.persistence.event.MemoryEdited;
import java.util.List;
import java.util.Optional;

/**
 * A session as a list shows it.
 *
 * @param sessionId its id
 * @param origin how it began, and its name
 * @param head where it stands
 * @param lastTurn its last turn; empty if it has none
 * @param edits the memory edits that hold in its current branch, oldest first
 */
public record SessionEntry(
        String sessionId,
        SessionOrigin origin,
        SessionHead head,
        Optional<TurnSpan> lastTurn,
        List<MemoryEdited> edits) {}
