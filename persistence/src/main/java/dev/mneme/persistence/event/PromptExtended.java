package dev.mneme.persistence.event;

/**
 * The next piece of a prompt too long for one event.
 *
 * @param turn the open turn
 * @param position where the piece begins
 * @param tokens the piece
 */
public record PromptExtended(int turn, int position, Tokens tokens) implements SessionEvent {}
