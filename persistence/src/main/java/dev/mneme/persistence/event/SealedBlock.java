package dev.mneme.persistence.event;

/**
 * The last full block of a session.
 *
 * @param block its index: it holds the tokens {@code [64 · block, 64 · block + 64)}
 * @param keyHigh the first 8 bytes of its key
 * @param keyLow the last 8 bytes of its key
 */
public record SealedBlock(int block, long keyHigh, long keyLow) {}
