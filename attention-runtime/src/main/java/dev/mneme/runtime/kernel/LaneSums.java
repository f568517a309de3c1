package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * {@code Numerics.sum16} of four sums at once. Its tree adds the upper half of the lanes to the
 * lower. Two vectors take that step together: one blend keeps the halves that stay, another the
 * halves that move, a swap brings them together, and one addition serves both. (Addition commutes,
 * so it does not matter which half is called the upper.)
 */
final class LaneSums {
    private static final int HALF = COUNT / 2;
    private static final int QUARTER = COUNT / 4;
    static final VectorMask<Float> UPPER_HALF = lanesWithBit(HALF);
    static final VectorMask<Float> UPPER_QUARTERS = lanesWithBit(QUARTER);
    static final VectorMask<Float> UPPER_PAIRS = lanesWithBit(2);
    static final VectorMask<Float> UPPER_NEIGHBOURS = lanesWithBit(1);
    static final VectorShuffle<Float> SWAP_HALVES = Lanes.swap(HALF);
    static final VectorShuffle<Float> SWAP_QUARTERS = Lanes.swap(QUARTER);
    static final VectorShuffle<Float> SWAP_PAIRS = Lanes.swap(2);
    static final VectorShuffle<Float> SWAP_NEIGHBOURS = Lanes.swap(1);

    private LaneSums() {}

    private static VectorMask<Float> lanesWithBit(int bit) {
        long mask = 0;
        for (int lane = 0; lane < COUNT; lane++) {
            mask |= (lane & bit) != 0 ? 1L << lane : 0;
        }
        return VectorMask.fromLong(FLOATS, mask);
    }

    /** Sums of the four groups of 16 from {@code lanes[from]} on, to {@code target[t0]} and so on. */
    static void four(float[] lanes, int from, float[] target, int t0, int t1, int t2, int t3) {
        FloatVector sum01 = both(load(lanes, from), load(lanes, from + 16), UPPER_HALF, SWAP_HALVES);
        FloatVector sum23 = both(load(lanes, from + 32), load(lanes, from + 48), UPPER_HALF, SWAP_HALVES);
        FloatVector sums = both(sum01, sum23, UPPER_QUARTERS, SWAP_QUARTERS);
        if (COUNT == 16) {
            sums = sums.add(sums.rearrange(SWAP_PAIRS));
        }
        if (COUNT >= 8) {
            sums = sums.add(sums.rearrange(SWAP_NEIGHBOURS));
        }
        target[t0] = sums.lane(0);
        target[t1] = sums.lane(HALF);
        target[t2] = sums.lane(QUARTER);
        target[t3] = sums.lane(HALF + QUARTER);
    }

    /** 16 lanes, already added up as far as they do not fit into one vector. */
    private static FloatVector load(float[] lanes, int from) {
        FloatVector first = FloatVector.fromArray(FLOATS, lanes, from);
        if (COUNT == 16) {
            return first;
        }
        if (COUNT == 8) {
            return first.add(FloatVector.fromArray(FLOATS, lanes, from + 8));
        }
        return first.add(FloatVector.fromArray(FLOATS, lanes, from + 8))
                .add(FloatVector.fromArray(FLOATS, lanes, from + 4)
                        .add(FloatVector.fromArray(FLOATS, lanes, from + 12)));
    }

    private static FloatVector both(FloatVector a, FloatVector b, VectorMask<Float> upper, VectorShuffle<Float> swap) {
        return a.blend(b, upper).add(b.blend(a, upper).rearrange(swap));
    }
}
