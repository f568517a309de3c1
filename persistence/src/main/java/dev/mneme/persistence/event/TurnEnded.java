package dev.mneme.persistence.event;

/**
 * A turn ended.
 *
 * @param turn the turn that was open
 * @param position how many tokens the session has now
 * @param finish why it ended
 * @param cost its receipt
 */
public record TurnEnded(int turn, int position, FinishReason finish, TurnCost cost) implements SessionEvent {}
