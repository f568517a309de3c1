package dev.mneme.runtime.sampling;

import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;

/**
 * Chooses the next token. The choice is a function of the logits, the recent tokens, the options and the position alone, so
 * a resumed session goes on exactly as it would have. Keeps scratch memory: for one thread at a time.
 */
public final class Sampler {
    private final SamplerOptions options;
    private final Candidates candidates = new Candidates();
    private int[] penalizedIds = new int[64];
    private float[] originalLogits = new float[64];
    private int penalized;

    private Sampler(SamplerOptions options) {
        this.options = options;
    }

    public static Sampler of(SamplerOptions options) {
        return new Sampler(options);
    }

    public SamplerOptions options() {
        return options;
    }

    /** An empty window of the size that the repetition penalty looks back on. */
    public TokenWindow newWindow() {
        return new TokenWindow(options.repetitionWindow());
    }

    /**
     * @param logits one a token id; changed during the call, as before when it returns
     * @param recent the tokens before this position, in a window from {@link #newWindow}
     * @param position the position that the chosen token will have in the session, from 0
     * @throws LogitsException if the logits are not numbers
     */
    public int sample(float[] logits, TokenWindow recent, int position) {
        penalize(logits, recent);
        try {
            return choose(logits, position);
        } finally {
            restore(logits);
        }
    }

    private int choose(float[] logits, int position) {
        int likeliest = argmax(logits);
        float highest = logits[likeliest];
        if (!Float.isFinite(highest)) {
            throw new LogitsException(position, highest);
        }
        if (options.temperature() == 0) {
            return likeliest;
        }
        double draw = Draw.at(options.seed(), position);
        boolean topK = options.topK() > 0 && options.topK() < logits.length;
        boolean topP = options.topP() < 1;
        if (!topK && !topP && options.minP() == 0) {
            return drawFromAll(logits, highest, draw);
        }
        double total = 0;
        if (topK) {
            candidates.selectTop(options.topK(), logits);
            total = candidates.mass(highest, logits);
        } else if (topP) {
            total = massOfAll(logits, highest);
            candidates.selectMass(options.topP() * total, highest, logits);
        } else {
            candidates.selectAbove(highest + lowestRelativeLogit(), logits);
        }
        if (topP) {
            keepTopP(logits, highest, total);
        }
        keepMinP(logits, highest);
        return drawFromCandidates(logits, highest, draw);
    }

    /** The first NaN if there is one: it must not be mistaken for a small number. */
    private static int argmax(float[] logits) {
        int best = 0;
        for (int id = 0; id < logits.length; id++) {
            if (Float.isNaN(logits[id])) {
                return id;
            }
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private static double massOfAll(float[] logits, float highest) {
        double mass = 0;
        for (float logit : logits) {
            mass += Numerics.exp(logit - highest);
        }
        return mass;
    }

    private float lowestRelativeLogit() {
        return (float) StrictMath.log(options.minP());
    }

    private void keepTopP(float[] logits, float highest, double total) {
        double reached = 0;
        for (int i = 0; i < candidates.count(); i++) {
            reached += Numerics.exp(logits[candidates.id(i)] - highest);
            if (reached >= options.topP() * total) {
                candidates.keepFirst(i + 1);
            }
        }
    }

    private void keepMinP(float[] logits, float highest) {
        if (options.minP() == 0) {
            return;
        }
        float lowest = highest + lowestRelativeLogit();
        int kept = candidates.count();
        while (kept > 1 && logits[candidates.id(kept - 1)] < lowest) {
            kept--;
        }
        candidates.keepFirst(kept);
    }

    private int drawFromCandidates(float[] logits, float highest, double draw) {
        double total = 0;
        for (int i = 0; i < candidates.count(); i++) {
            total += weight(logits[candidates.id(i)], highest);
        }
        double rest = draw * total;
        for (int i = 0; i < candidates.count(); i++) {
            rest -= weight(logits[candidates.id(i)], highest);
            if (rest < 0) {
                return candidates.id(i);
            }
        }
        return candidates.id(0); // rounding left nothing: the likeliest cannot be wrong
    }

    private int drawFromAll(float[] logits, float highest, double draw) {
        double total = 0;
        for (float logit : logits) {
            total += weight(logit, highest);
        }
        double rest = draw * total;
        for (int id = 0; id < logits.length; id++) {
            rest -= weight(logits[id], highest);
            if (rest < 0) {
                return id;
            }
        }
        return argmax(logits);
    }

    private float weight(float logit, float highest) {
        return Numerics.exp((logit - highest) / options.temperature());
    }

    private void penalize(float[] logits, TokenWindow recent) {
        penalized = 0;
        float penalty = options.repetitionPenalty();
        int window = recent.size();
        if (penalty == 1 || window == 0) {
            return;
        }
        if (penalizedIds.length < window) {
            penalizedIds = new int[window];
            originalLogits = new float[window];
        }
        for (int i = 0; i < window; i++) {
            penalizedIds[i] = recent.get(i);
        }
        Arrays.sort(penalizedIds, 0, window);
        for (int i = 0; i < window; i++) {
            if (i == 0 || penalizedIds[i] != penalizedIds[i - 1]) {
                int id = penalizedIds[i];
                float logit = logits[id];
                penalizedIds[penalized] = id;
                originalLogits[penalized++] = logit;
                logits[id] = logit > 0 ? logit / penalty : logit * penalty;
            }
        }
    }

    private void restore(float[] logits) {
        for (int i = 0; i < penalized; i++) {
            logits[penalizedIds[i]] = originalLogits[i];
        }
    }
}
