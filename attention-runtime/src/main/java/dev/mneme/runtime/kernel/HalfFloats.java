package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** IEEE 754 binary16 in native memory to f32 on the heap, exactly. */
final class HalfFloats {
    private static final int SHIFT = 13;
    private static final int SIGN_EXPONENT_MANTISSA = 0x8fffe000;
    private static final int HALF_EXPONENT = 0x0f800000;
    /** Difference of the two formats' exponent biases: this product is exact, subnormals included. */
    private static final float REBIAS = 0x1p112f;

    private HalfFloats() {}

    /**
     * Writes {@code count} numbers (a multiple of 16) from {@code offset} on to {@code target} from
     * {@code to} on, each 16 of them {@code step} further.
     */
    static void toFloats(MemorySegment source, long offset, int count, float[] target, int to, int step) {
        for (int i = 0; i < count; i += COUNT) {
            IntVector bits = Lanes.shorts(source, offset + 2L * i)
                    .lanewise(VectorOperators.LSHL, SHIFT).and(SIGN_EXPONENT_MANTISSA);
            FloatVector finite = bits.reinterpretAsFloats().mul(REBIAS);
            VectorMask<Integer> infinite = bits.and(HALF_EXPONENT).compare(VectorOperators.EQ, HALF_EXPONENT);
            finite.blend(bits.or(0x7f800000).reinterpretAsFloats(), infinite.cast(Lanes.FLOATS))
                    .intoArray(target, to + (i >> 4) * step + (i & 15));
        }
    }
}
