package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.INTS;

import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The steps of online softmax for a group of rows and the 64 keys of a block. */
final class RowSoftmax {
    private static final int BLOCK = KvLayout.BLOCK;

    private RowSoftmax() {}

    /**
     * The greatest score of each row, 0 being greater than -0. As integers, which needs one operation where floats need
     * six: negative numbers have the lower bits turned round, so that integers are ordered as the numbers are.
     */
    static void maxima(float[] scores, int rows, float[] maxima) {
        for (int i = 0; i < rows; i++) {
            IntVector maximum = IntVector.broadcast(INTS, Integer.MIN_VALUE);
            for (int j = 0; j < BLOCK; j += COUNT) {
                IntVector score = FloatVector.fromArray(FLOATS, scores, i * BLOCK + j).reinterpretAsInts();
                IntVector lowerBits = score.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1);
                maximum = score.lanewise(VectorOperators.XOR, lowerBits).max(maximum);
            }
            int greatest = maximum.reduceLanes(VectorOperators.MAX);
            maxima[i] = Float.intBitsToFloat(greatest ^ greatest >> 31 >>> 1);
        }
    }

    /**
     * Raises the rows' maxima from {@code maxima[first]} on to those of the block, which {@code factors} has, and leaves
     * there {@code exp(old maximum - new maximum)}. Both arrays have room for whole vectors.
     */
    static void factors(float[] maxima, int first, int rows, float[] factors) {
        for (int i = 0; i < rows; i += COUNT) {
            FloatVector before = FloatVector.fromArray(FLOATS, maxima, first + i);
            FloatVector maximum = before.max(FloatVector.fromArray(FLOATS, factors, i));
            maximum.intoArray(maxima, first + i);
            VectorMath.exp(before.sub(maximum)).intoArray(factors, i);
        }
    }

    /**
     * Scores to probabilities; each row's 16 sums, of row {@code first} on, are multiplied by its factor before they
     * are added.
     */
    static void probabilities(
            float[] scores, int rows, float[] maxima, int first, float[] factors, float[] sums) {
        for (int i = 0; i < rows; i++) {
            float maximum = maxima[first + i];
            for (int part = 0; part < Numerics.LANES; part += COUNT) {
                int sum = (first + i) * Numerics.LANES + part;
                int row = i * BLOCK + part;
                FloatVector total = FloatVector.fromArray(FLOATS, sums, sum).mul(factors[i]);
                for (int j = 0; j < BLOCK; j += Numerics.LANES) {
                    FloatVector p = VectorMath.exp(FloatVector.fromArray(FLOATS, scores, row + j).sub(maximum));
                    p.intoArray(scores, row + j);
                    total = p.add(total);
                }
                total.intoArray(sums, sum);
            }
        }
    }

    /** The rows' 16 sums of probabilities, where only these are wanted. */
    static void sums(float[] scores, int rows, float[] maxima, float[] sums) {
        for (int i = 0; i < rows; i++) {
            for (int part = 0; part < Numerics.LANES; part += COUNT) {
                FloatVector total = FloatVector.zero(FLOATS);
                for (int j = part; j < BLOCK; j += Numerics.LANES) {
                    total = VectorMath.exp(FloatVector.fromArray(FLOATS, scores, i * BLOCK + j).sub(maxima[i])).add(total);
                }
                total.intoArray(sums, i * Numerics.LANES + part);
            }
        }
    }
}
