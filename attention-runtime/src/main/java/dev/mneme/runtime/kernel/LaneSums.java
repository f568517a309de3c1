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
    private static final VectorMask<Float> UPPER_HALF = lanesWithBit(HALF);
    private static final VectorMask<Float> UPPER_QUARTERS = lanesWithBit(QUARTER);
    private static final VectorMask<Float> UPPER_PAIRS = lanesWithBit(2);
    private static final VectorMask<Float> UPPER_NEIGHBOURS = lanesWithBit(1);
    private static final VectorShuffle<Float> SWAP_HALVES = Lanes.swap(HALF);
    private static final VectorShuffle<Float> SWAP_QUARTERS = Lanes.swap(QUARTER);
    private static final VectorShuffle<Float> SWAP_PAIRS = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_NEIGHBOURS = Lanes.swap(1);

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

    /**
     * Sums of 16 groups of 16 from {@code lanes[0]} on, in place: sum {@code i} is {@code lanes[i]}
     * afterwards.
     */
    static void sixteen(float[] lanes) {
        if (COUNT != 16) {
            for (int i = 0; i < 16; i += 4) {
                four(lanes, i * 16, lanes, i, i + 1, i + 2, i + 3);
            }
            return;
        }
        for (int i = 0; i < 4; i++) {
            quarter(lanes, i * 16);
        }
        last(lanes);
    }

    /** The first two steps of four groups, in small methods that the compiler inlines whole. */
    private static void quarter(float[] lanes, int at) {
        FloatVector low = both(FloatVector.fromArray(FLOATS, lanes, at),
                FloatVector.fromArray(FLOATS, lanes, at + 128), UPPER_HALF, SWAP_HALVES);
        FloatVector high = both(FloatVector.fromArray(FLOATS, lanes, at + 64),
                FloatVector.fromArray(FLOATS, lanes, at + 192), UPPER_HALF, SWAP_HALVES);
        both(low, high, UPPER_QUARTERS, SWAP_QUARTERS).intoArray(lanes, at);
    }

    /** The last two steps. */
    private static void last(float[] lanes) {
        FloatVector even = both(FloatVector.fromArray(FLOATS, lanes, 0),
                FloatVector.fromArray(FLOATS, lanes, 32), UPPER_PAIRS, SWAP_PAIRS);
        FloatVector odd = both(FloatVector.fromArray(FLOATS, lanes, 16),
                FloatVector.fromArray(FLOATS, lanes, 48), UPPER_PAIRS, SWAP_PAIRS);
        both(even, odd, UPPER_NEIGHBOURS, SWAP_NEIGHBOURS).intoArray(lanes, 0);
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
