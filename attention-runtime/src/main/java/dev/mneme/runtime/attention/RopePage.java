package dev.mneme.runtime.attention;

/**
 * Cosines and sines for {@value dev.mneme.runtime.kv.KvLayout#BLOCK} consecutive distances, those
 * from {@code 64 * distance} on; both are {@code [64][headDim / 2]}, one number per rotated pair.
 */
public record RopePage(float[] cos, float[] sin) {}
