package dev.mneme.persistence.event;

/**
 * A turn that a crash had left open was asked for again, under another request id: what it comes to is that request's
 * outcome too.
 *
 * @param turn the turn that is open
 * @param requestId the caller's request id
 */
public record TurnResumed(int turn, String requestId) implements SessionEvent {}
