package dev.mneme.runtime.oracle;

import dev.mneme.runtime.oracle.OracleFiles.LogitsCase;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What tests compute from the logits of one position. */
public final class Logits {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Vectors that are summed in f32 before the sum goes to f64: keeps the error of a vocabulary's sum near 1e-7. */
    private static final int SUMMED_IN_FLOAT = 32;

    private Logits() {}

    /** ln Σ exp(logit), to about 1e-7. */
    public static double logSumExp(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        int end = SPECIES.loopBound(logits.length);
        int i = 0;
        while (i < end) {
            FloatVector partial = FloatVector.zero(SPECIES);
            for (int n = 0; n < SUMMED_IN_FLOAT && i < end; n++, i += SPECIES.length()) {
                partial = partial.add(
                        FloatVector.fromArray(SPECIES, logits, i).sub(max).lanewise(VectorOperators.EXP));
            }
            sum += partial.reduceLanes(VectorOperators.ADD);
        }
        for (; i < logits.length; i++) {
            sum += Math.exp(logits[i] - max);
        }
        return max + Math.log(sum);
    }

    /** −ln p(id) in nats. */
    public static double nll(float[] logits, int id) {
        return logSumExp(logits) - logits[id];
    }

    /** The id with the highest logit, the lowest of equals. */
    public static int best(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    /** The largest absolute difference to what the reference data lists: top ids, strided ids, and log-sum-exp. */
    public static double largestDifference(LogitsCase expected, float[] logits) {
        double largest = Math.abs(logSumExp(logits) - expected.logSumExp());
        for (int i = 0; i < expected.topIds().length; i++) {
            largest = larger(largest, expected.topLogits()[i] - logits[expected.topIds()[i]]);
        }
        for (int i = 0; i < expected.strided().length; i++) {
            largest = larger(largest, expected.strided()[i] - logits[i * expected.stride()]);
        }
        return largest;
    }

    /** The largest absolute difference of two lists of the same length. */
    public static double largestDifference(double[] expected, double[] actual) {
        if (expected.length != actual.length) {
            throw new IllegalArgumentException(expected.length + " numbers expected, there are " + actual.length);
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = larger(largest, expected[i] - actual[i]);
        }
        return largest;
    }

    /** NaN if either is. */
    private static double larger(double largest, double difference) {
        return Math.max(largest, Math.abs(difference));
    }
}
