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

    /**
     * Sums of the 16 groups of 16 from {@code lanes[from]} on, side by side to {@code target[to]} on. The steps are written
     * out: vectors passed between methods may be boxed.
     */
    static void sixteen(float[] lanes, int from, float[] target, int to) {
        if (COUNT < 16) {
            for (int i = 0; i < 16; i += 4) {
                four(lanes, from + 16 * i, target, to + i, to + i + 1, to + i + 2, to + i + 3);
            }
            return;
        }
        FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, from);
        FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, from + 16);
        FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, from + 32);
        FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, from + 48);
        FloatVector s4 = FloatVector.fromArray(FLOATS, lanes, from + 64);
        FloatVector s5 = FloatVector.fromArray(FLOATS, lanes, from + 80);
        FloatVector s6 = FloatVector.fromArray(FLOATS, lanes, from + 96);
        FloatVector s7 = FloatVector.fromArray(FLOATS, lanes, from + 112);
        FloatVector s8 = FloatVector.fromArray(FLOATS, lanes, from + 128);
        FloatVector s9 = FloatVector.fromArray(FLOATS, lanes, from + 144);
        FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, from + 160);
        FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, from + 176);
        FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, from + 192);
        FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, from + 208);
        FloatVector s14 = FloatVector.fromArray(FLOATS, lanes, from + 224);
        FloatVector s15 = FloatVector.fromArray(FLOATS, lanes, from + 240);
        FloatVector h0 = s0.blend(s8, UPPER_HALF).add(s8.blend(s0, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h1 = s1.blend(s9, UPPER_HALF).add(s9.blend(s1, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h2 = s2.blend(s10, UPPER_HALF).add(s10.blend(s2, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h3 = s3.blend(s11, UPPER_HALF).add(s11.blend(s3, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h4 = s4.blend(s12, UPPER_HALF).add(s12.blend(s4, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h5 = s5.blend(s13, UPPER_HALF).add(s13.blend(s5, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h6 = s6.blend(s14, UPPER_HALF).add(s14.blend(s6, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector h7 = s7.blend(s15, UPPER_HALF).add(s15.blend(s7, UPPER_HALF).rearrange(SWAP_HALVES));
        FloatVector q0 = h0.blend(h4, UPPER_QUARTERS).add(h4.blend(h0, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
        FloatVector q1 = h1.blend(h5, UPPER_QUARTERS).add(h5.blend(h1, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
        FloatVector q2 = h2.blend(h6, UPPER_QUARTERS).add(h6.blend(h2, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
        FloatVector q3 = h3.blend(h7, UPPER_QUARTERS).add(h7.blend(h3, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
        FloatVector p0 = q0.blend(q2, UPPER_PAIRS).add(q2.blend(q0, UPPER_PAIRS).rearrange(SWAP_PAIRS));
        FloatVector p1 = q1.blend(q3, UPPER_PAIRS).add(q3.blend(q1, UPPER_PAIRS).rearrange(SWAP_PAIRS));
        FloatVector all = p0.blend(p1, UPPER_NEIGHBOURS).add(p1.blend(p0, UPPER_NEIGHBOURS).rearrange(SWAP_NEIGHBOURS));
        all.intoArray(target, to);
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
