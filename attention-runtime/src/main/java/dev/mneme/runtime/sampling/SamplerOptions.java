package dev.mneme.runtime.sampling;

/**
 * How the next token is chosen. The filters apply in this order: repetition penalty, top-k, top-p (on the probabilities
 * that top-k leaves, at temperature 1), min-p, temperature.
 *
 * @param temperature divides the logits; 0 is greedy: the highest logit, the lowest id where several are equal
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP keep the most likely tokens that together reach this probability (Holtzman et al., 2020); 1 keeps all
 * @param minP keep tokens at least this likely, relative to the likeliest (Nguyen et al., 2024); 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of recent tokens (Keskar et al., 2019); 1 is none
 * @param repetitionWindow how many of the last tokens count as recent; 0 is none
 * @param seed with a token's position it determines the draw
 */
public record SamplerOptions(float temperature, int topK, float topP, float minP, float repetitionPenalty,
        int repetitionWindow, long seed) {
    private static final int LONGEST_WINDOW = 65_536;

    /** @throws InvalidOptionException if an option is out of its range */
    public SamplerOptions {
        require(temperature >= 0 && Float.isFinite(temperature), "temperature", temperature, "a number from 0");
        require(topK >= 0, "topK", topK, "0 (off) or more");
        require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1 (off)");
        require(minP >= 0 && minP <= 1, "minP", minP, "from 0 (off) to 1");
        require(repetitionPenalty > 0 && Float.isFinite(repetitionPenalty), "repetitionPenalty", repetitionPenalty,
                "above 0 (1 is off)");
        require(repetitionWindow >= 0 && repetitionWindow <= LONGEST_WINDOW, "repetitionWindow", repetitionWindow,
                "from 0 (off) to " + LONGEST_WINDOW);
    }

    /** Temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, no penalty. */
    public static SamplerOptions defaults(long seed) {
        return new SamplerOptions(0.8f, 40, 0.95f, 0.05f, 1, 64, seed);
    }

    /** Always the likeliest token. */
    public static SamplerOptions greedy() {
        return new SamplerOptions(0, 0, 1, 0, 1, 0, 0);
    }

    private static void require(boolean valid, String option, Object value, String allowed) {
        if (!valid) {
            throw new InvalidOptionException(option, value, allowed);
        }
    }
}
