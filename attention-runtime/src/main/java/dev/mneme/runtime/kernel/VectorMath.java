package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.numerics.Numerics;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of {@link Numerics}, step for step on vectors. */
final class VectorMath {
    private static final int MANTISSA_BITS = 23;
    private static final int EXPONENT_OF_ONE = 0x3f800000;

    private VectorMath() {}

    /** {@link Numerics#exp} of each lane. */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(FLOATS, Numerics.EXP_LOG2E),
                FloatVector.broadcast(FLOATS, Numerics.EXP_ROUND));
        FloatVector n = shifted.sub(Numerics.EXP_ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Numerics.EXP_LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(FLOATS, -Numerics.EXP_LN2_LOW), r);
        FloatVector one = FloatVector.broadcast(FLOATS, 1);
        FloatVector p = FloatVector.broadcast(FLOATS, Numerics.EXP_C6)
                .fma(r, FloatVector.broadcast(FLOATS, Numerics.EXP_C5));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Numerics.EXP_C4));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Numerics.EXP_C3));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Numerics.EXP_C2));
        p = p.fma(r, one).fma(r, one);
        IntVector powerOfTwo = shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, MANTISSA_BITS).add(EXPONENT_OF_ONE);
        return p.mul(powerOfTwo.reinterpretAsFloats())
                .blend(0, x.compare(VectorOperators.LT, Numerics.EXP_MIN))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, Numerics.EXP_MAX));
    }

    /** {@link Numerics#softcap} of numbers {@code [from, to)} (a multiple of the lanes apart), in place. */
    static void softcap(float[] numbers, int from, int to, float cap) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1);
        for (int i = from; i < to; i += COUNT) {
            FloatVector x = FloatVector.fromArray(FLOATS, numbers, i).div(cap);
            FloatVector two = FloatVector.broadcast(FLOATS, 2);
            one.sub(two.div(exp(x.mul(2)).add(one))).mul(cap).intoArray(numbers, i);
        }
    }

    static void siluMultiply(float[] gate, float[] up, int offset, int count) {
        int vectors = count - count % COUNT;
        for (int i = offset; i < offset + vectors; i += COUNT) {
            FloatVector x = FloatVector.fromArray(FLOATS, gate, i);
            x.div(exp(x.neg()).add(1)).mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
        for (int i = offset + vectors; i < offset + count; i++) {
            gate[i] = Numerics.silu(gate[i]) * up[i];
        }
    }

    static void geluMultiply(float[] gate, float[] up, int offset, int count) {
        int vectors = count - count % COUNT;
        for (int i = offset; i < offset + vectors; i += COUNT) {
            FloatVector x = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector inner = x.mul(Numerics.GELU_CUBIC).mul(x).fma(x, x);
            x.div(exp(inner.mul(Numerics.GELU_SCALE)).add(1)).mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(gate, i);
        }
        for (int i = offset + vectors; i < offset + count; i++) {
            gate[i] = Numerics.geluTanh(gate[i]) * up[i];
        }
    }
}
