package dev.mneme.persistence.event;

/**
 * The model said something.
 *
 * @param turn the open turn
 * @param position where the tokens begin
 * @param tokens what it said, at least one token
 */
public record TokensSampled(int turn, int position, Tokens tokens) implements SessionEvent {}
