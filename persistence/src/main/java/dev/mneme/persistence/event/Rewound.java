package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * The session went back to an earlier turn. Nothing is removed: this event opens a new branch, named by this event's
 * sequence number, that reads its first {@code toPosition} tokens from the branch before.
 *
 * @param toTurn the last turn kept, 0 for none
 * @param toPosition how many tokens are kept
 * @param requestId the caller's request id
 */
public record Rewound(int toTurn, int toPosition, Optional<String> requestId) implements SessionEvent {}
