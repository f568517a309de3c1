package dev.mneme.actors.engine;

/**
 * How many prompt tokens a step may carry. Alone, prefill takes full steps. Beside decoding sessions a step with prompt tokens
 * takes longer than one without, and they all wait for it: on average over its steps the engine takes {@value #STRETCH} times
 * as long as it would for them alone, so that a session that reads a long text does not stop the others' words.
 *
 * <p>What a prompt token costs depends on the model, the machine, and how far the texts are, and even the fewest tokens that are
 * worth a step may take too long. So steps are measured and kept accounts of. Each step earns the time that prompt tokens may take
 * beside its decode tokens; one with prompt tokens pays what it took more than a step without. In debt, the
 * engine goes on without prompt tokens, if not for long: somebody waits for those too.
 *
 * <p>A hiccup of the machine must not be taken for a cost. Estimates are led by what lets the others wait less: a step
 * without prompt tokens is thought to be quick, a prompt token to be slow. Owned by the engine thread.
 */
final class StepBudget {
    /** The most tokens that one forward pass takes. */
    static final int FULL = 512;

    /** The mean step beside decoding sessions, in steps of their tokens alone; the goal is three. */
    static final double STRETCH = 2.75;

    /** Tokens in a tile of the matrix products: one that is not full takes as long as one that is. */
    static final int TILE = 4;

    /** The fewest prompt tokens in a step: fewer cost more each (3 beside one decode token half as much again as 7). */
    static final int LEAST = 4;

    /** Debt above this is forgotten, in decode steps: a prompt waits for no more than five of them in a row. */
    private static final double MOST_DEBT = 8;

    /** Steps with prompt tokens in a row, before one without shows again how long that takes. */
    static final int LOOK_AGAIN = 16;

    private static final double GENTLY = 0.1;
    private static final double QUICKLY = 0.5;

    /** How long a step of so many decode tokens takes, by their number; 0 where none was seen. */
    private final double[] decodeNanos = new double[FULL + 1];
    /** What a prompt token beside decode tokens adds to a step; 0 if none was seen. */
    private double promptTokenNanos;
    /** What may be spent on prompt tokens in the next step, in steps of decode tokens alone. */
    private double credit;
    private int withPromptInARow;

    /** Prompt tokens for the next step beside this many decode tokens; 0 now and then, but never if there are none. */
    int prefillTokens(int decodes) {
        if (decodes == 0) {
            return FULL;
        }
        double decode = decodeNanos[kind(decodes)];
        if (decode == 0 || withPromptInARow == LOOK_AGAIN) {
            return 0;
        }
        credit = Math.min(credit + STRETCH - 1, STRETCH - 1);
        if (credit <= 0) {
            return 0;
        }
        double affordable = promptTokenNanos == 0 ? LEAST : credit * decode / promptTokenNanos;
        int most = (int) Math.clamp(affordable, LEAST, Math.max(LEAST, FULL - decodes));
        int fullTiles = (decodes + most) / TILE * TILE - decodes;
        return fullTiles < LEAST ? fullTiles + TILE : fullTiles;
    }

    /** Learns how long a step took. */
    void took(int decodes, int prefillTokens, long nanos) {
        if (decodes == 0) {
            return;
        }
        double step = Math.max(1, nanos);
        int kind = kind(decodes);
        double decode = decodeNanos[kind];
        if (prefillTokens == 0) {
            withPromptInARow = 0;
            decodeNanos[kind] = decode == 0 ? step : decode + quickDecode(decode, step);
        } else {
            withPromptInARow++;
            // It cannot have taken less than without.
            decodeNanos[kind] = Math.min(decode, step);
            double beyond = step - decodeNanos[kind];
            credit = Math.max(credit - beyond / decodeNanos[kind], -MOST_DEBT);
            learnPromptToken(beyond / prefillTokens);
        }
    }

    private static double quickDecode(double known, double step) {
        return step < known ? QUICKLY * (step - known) : GENTLY * Math.min(step - known, known);
    }

    private void learnPromptToken(double nanos) {
        if (promptTokenNanos == 0) {
            promptTokenNanos = nanos;
        } else {
            promptTokenNanos += (nanos > promptTokenNanos ? QUICKLY : GENTLY) * (nanos - promptTokenNanos);
        }
    }

    private static int kind(int decodes) {
        return Math.min(decodes, FULL);
    }
}
