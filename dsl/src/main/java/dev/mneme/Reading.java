package dev.mneme;

/**
 * How far a turn is with reading: its new tokens, and those that have to be rebuilt.
 *
 * @param computed tokens that are read
 * @param total tokens to read; 0 until that is known
 */
public record Reading(int computed, int total) {}
