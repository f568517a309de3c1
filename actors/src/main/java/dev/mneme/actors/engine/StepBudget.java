package dev.mneme.actors.engine;

/**
 * How many prompt tokens a step may carry. Alone, prefill takes full steps. Beside decoding sessions it takes what about
 * doubles a decode step, so that a session that reads a long text does not stop the others' words. Owned by the engine
 * thread.
 */
final class StepBudget {
    /** The most tokens that one forward pass takes. */
    static final int FULL = 512;

    private static final int LEAST = 8;
    private static final double SMOOTHING = 0.2;

    private double decodeStepNanos = 20e6;
    private double prefillTokenNanos = 3e6;

    int prefillTokens(int decodes) {
        if (decodes == 0) {
            return FULL;
        }
        return (int) Math.clamp(decodeStepNanos / prefillTokenNanos, LEAST, FULL - decodes);
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
