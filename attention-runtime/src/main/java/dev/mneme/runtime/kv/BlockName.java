package dev.mneme.runtime.kv;

/**
 * What a sealed block of a model is known by: blocks of equal names have equal bytes, whoever wrote them and wherever they lie.
 *
 * @param high the first 8 bytes of a content address
 * @param low  the last 8 bytes
 */
public record BlockName(long high, long low) {}
