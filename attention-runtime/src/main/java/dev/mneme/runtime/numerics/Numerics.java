package dev.mneme.runtime.numerics;

/**
 * The canonical arithmetic in scalar form. Every step is one correctly rounded f32 operation (add,
 * multiply, fused multiply-add, divide, compare, a shift of bits), so that a vector form that does
 * the same steps lane by lane gives the same bits. Accuracy is held by {@code NumericsTest}.
 */
public final class Numerics {
    /**
     * Names the order of all arithmetic that keys, values and logits depend on. It is part of a
     * block's key: change it with any change of a bit. In version 1 blocks were chosen by mean
     * absolute deviations instead of standard ones, so it has other bits past the window, and there
     * alone.
     */
    public static final int VERSION = 2;

    /** Lanes of a dot product: lane {@code l} sums the elements congruent to {@code l}. */
    public static final int LANES = 16;

    /** Below this, {@link #exp} is 0: results would leave the normal f32 range. */
    public static final float EXP_MIN = -87.0f;
    /** Above this, {@link #exp} is infinite. */
    public static final float EXP_MAX = 88.0f;
    /** 1 / ln 2. */
    public static final float EXP_LOG2E = 0x1.715476p0f;
    /** 1.5 * 2^23: adding it rounds to an integer, which the low bits of the sum then hold. */
    public static final float EXP_ROUND = 12582912.0f;
    /** ln 2 rounded to f32. */
    public static final float EXP_LN2_HIGH = 0x1.62e430p-1f;
    /** ln 2 less {@link #EXP_LN2_HIGH}. */
    public static final float EXP_LN2_LOW = -0x1.05c610p-29f;
    /** Coefficients of e^r on |r| <= ln 2 / 2, from r^6 down to r^2 (interpolated at Chebyshev nodes); r^1 and r^0 have 1. */
    public static final float EXP_C6 = 0x1.6d110ap-10f;
    /** Coefficient of r^5, see {@link #EXP_C6}. */
    public static final float EXP_C5 = 0x1.120b6ep-7f;
    /** Coefficient of r^4, see {@link #EXP_C6}. */
    public static final float EXP_C4 = 0x1.55551ap-5f;
    /** Coefficient of r^3, see {@link #EXP_C6}. */
    public static final float EXP_C3 = 0x1.5554dcp-3f;
    /** Coefficient of r^2, see {@link #EXP_C6}. */
    public static final float EXP_C2 = 0.5f;

    /** -2 * sqrt(2 / pi), of the tanh form of GELU. */
    public static final float GELU_SCALE = -1.5957691216057308f;
    /** Cubic coefficient of the tanh form of GELU. */
    public static final float GELU_CUBIC = 0.044715f;

    private static final int EXPONENT_OF_ONE = 0x3f800000;
    private static final int MANTISSA_BITS = 23;

    private Numerics() {}

    /**
     * e to the power of x, within 1 ulp on [{@value #EXP_MIN}, {@value #EXP_MAX}], 0 below and
     * infinite above. Cody and Waite's reduction x = n ln 2 + r, then a polynomial in Horner's form.
     */
    public static float exp(float x) {
        if (x < EXP_MIN) {
            return 0;
        }
        if (x > EXP_MAX) {
            return Float.POSITIVE_INFINITY;
        }
        float shifted = Math.fma(x, EXP_LOG2E, EXP_ROUND);
        float n = shifted - EXP_ROUND;
        float r = Math.fma(n, -EXP_LN2_HIGH, x);
        r = Math.fma(n, -EXP_LN2_LOW, r);
        float p = Math.fma(EXP_C6, r, EXP_C5);
        p = Math.fma(p, r, EXP_C4);
        p = Math.fma(p, r, EXP_C3);
        p = Math.fma(p, r, EXP_C2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        int powerOfTwo = (Float.floatToRawIntBits(shifted) << MANTISSA_BITS) + EXPONENT_OF_ONE;
        return p * Float.intBitsToFloat(powerOfTwo);
    }

    /** x times the logistic function of x: {@code x / (1 + exp(-x))}. */
    public static float silu(float x) {
        return x / (1 + exp(-x));
    }

    /**
     * The tanh form of GELU, {@code x / 2 * (1 + tanh(u))} with {@code u = sqrt(2/pi) (x + 0.044715 x^3)},
     * written as {@code x / (1 + exp(-2u))} (Hendrycks and Gimpel, 2016).
     */
    public static float geluTanh(float x) {
        float cubic = GELU_CUBIC * x * x;
        float inner = Math.fma(cubic, x, x);
        return x / (1 + exp(GELU_SCALE * inner));
    }

    /** Hyperbolic tangent, to an absolute error of 2e-7: {@code 1 - 2 / (1 + exp(2x))}. */
    public static float tanh(float x) {
        return 1 - 2 / (1 + exp(2 * x));
    }

    /** {@code cap * tanh(x / cap)}: keeps numbers within (-cap, cap). */
    public static float softcap(float x, float cap) {
        return cap * tanh(x / cap);
    }

    /** Adds 16 partial sums: the upper half to the lower, until one is left. */
    public static float sum16(float[] lanes, int offset) {
        float s0 = (lanes[offset] + lanes[offset + 8]) + (lanes[offset + 4] + lanes[offset + 12]);
        float s1 = (lanes[offset + 1] + lanes[offset + 9]) + (lanes[offset + 5] + lanes[offset + 13]);
        float s2 = (lanes[offset + 2] + lanes[offset + 10]) + (lanes[offset + 6] + lanes[offset + 14]);
        float s3 = (lanes[offset + 3] + lanes[offset + 11]) + (lanes[offset + 7] + lanes[offset + 15]);
        return (s0 + s2) + (s1 + s3);
    }
}
