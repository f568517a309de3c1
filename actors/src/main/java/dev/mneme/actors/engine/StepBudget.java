package dev.mneme.actors.engine;

/**
 * How many prompt tokens a step may carry. Alone, prefill takes full steps. Beside decoding sessions it takes what makes a
 * step {@value #STRETCH} times as long as a decode step, so that a session that reads a long text does not stop the others'
 * words; and as many as fill whole tiles of the matrix products, since a tile that is not full takes as long as one that is.
 * Owned by the engine thread.
 */
final class StepBudget {
    /** The most tokens that one forward pass takes. */
    static final int FULL = 512;

    /** A step of decode tokens alone, times this, is about what one with prompt tokens may take; the goal is three. */
    static final double STRETCH = 2.75;

    /** Tokens in a tile of the matrix products. */
    static final int TILE = 4;

    private static final int LEAST = 4;
    private static final double SMOOTHING = 0.2;

    private double decodeStepNanos = 20e6;
    private double prefillTokenNanos = 3e6;

    int prefillTokens(int decodes) {
        if (decodes == 0) {
            return FULL;
        }
        double affordable = (STRETCH - 1) * decodeStepNanos / prefillTokenNanos;
        int most = (int) Math.clamp(affordable, LEAST, Math.max(LEAST, FULL - decodes));
        int fullTiles = (decodes + most) / TILE * TILE - decodes;
        return fullTiles < LEAST ? fullTiles + TILE : fullTiles;
    }

    void took(int decodes, int prefillTokens, long nanos) {
        if (prefillTokens == 0) {
            decodeStepNanos += SMOOTHING * (nanos - decodeStepNanos);
        } else if (decodes == 0) {
            prefillTokenNanos += SMOOTHING * ((double) nanos / prefillTokens - prefillTokenNanos);
        } else {
            double beyondDecode = Math.max(0, nanos - decodeStepNanos) / prefillTokens;
            prefillTokenNanos += SMOOTHING * (beyondDecode - prefillTokenNanos);
        }
    }
}
