package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.numerics.Numerics;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Kernels#worth} of one query head, as many blocks at once as a vector has lanes. */
final class BlockWorth {
    private BlockWorth() {}

    /**
     * Raises what the blocks are worth to the head's shares.
     *
     * @param lanes room for 16 numbers
     */
    static void addHead(
            float[] maxima, int from, float[] sums, int fromSum, int length, float[] lanes, float[] worth) {
        float highest = highest(maxima, from, length);
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            weigh(maxima, from, sums, fromSum, length, highest, part, lanes);
        }
        for (int place = whole(length); place < length; place++) {
            float weight = Numerics.exp(maxima[from + place] - highest) * sums[fromSum + place];
            maxima[from + place] = weight;
            lanes[place % Numerics.LANES] += weight;
        }
        raise(maxima, from, length, Numerics.sum16(lanes, 0), worth);
    }

    /** The places that come 16 at once. */
    private static int whole(int length) {
        return length - length % Numerics.LANES;
    }

    private static float highest(float[] maxima, int from, int length) {
        FloatVector highest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int place = 0; place < whole(length); place += COUNT) {
            FloatVector next = FloatVector.fromArray(FLOATS, maxima, from + place);
            highest = highest.blend(next, next.compare(VectorOperators.GT, highest));
        }
        float found = highest.reduceLanes(VectorOperators.MAX);
        for (int place = whole(length); place < length; place++) {
            found = Math.max(found, maxima[from + place]);
        }
        return found;
    }

    private static void weigh(
            float[] maxima, int from, float[] sums, int fromSum, int length, float highest, int part, float[] lanes) {
        FloatVector total = FloatVector.zero(FLOATS);
        for (int place = part; place < whole(length); place += Numerics.LANES) {
            FloatVector weight = VectorMath.exp(FloatVector.fromArray(FLOATS, maxima, from + place).sub(highest))
                    .mul(FloatVector.fromArray(FLOATS, sums, fromSum + place));
            weight.intoArray(maxima, from + place);
            total = weight.add(total);
        }
        total.intoArray(lanes, part);
    }

    private static void raise(float[] weights, int from, int length, float total, float[] worth) {
        for (int place = 0; place < whole(length); place += COUNT) {
            FloatVector share = FloatVector.fromArray(FLOATS, weights, from + place).div(total);
            FloatVector before = FloatVector.fromArray(FLOATS, worth, place);
            before.blend(share, share.compare(VectorOperators.GT, before)).intoArray(worth, place);
        }
        for (int place = whole(length); place < length; place++) {
            worth[place] = Math.max(worth[place], weights[from + place] / total);
        }
    }
}
