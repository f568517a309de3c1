package dev.mneme.actors.memory;

/**
 * A range of tokens is pinned, or no longer.
 *
 * @param position the first token whose plan knows of it
 * @param pinned whether it is pinned from there on
 * @param from the range's first token
 * @param to one past its last token
 */
record PinChange(int position, boolean pinned, int from, int to) {}
