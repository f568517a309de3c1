package dev.mneme.runtime.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The polynomials are as accurate as they say, over every range that a model uses. */
class NumericsTest {
    @FunctionalInterface
    private interface FloatFunction {
        float apply(float x);
    }

    @Test
    void expIsWithinOneUlp() {
        assertThat(worstUlps(Numerics::exp, StrictMath::exp, Numerics.EXP_MIN, Numerics.EXP_MAX)).isLessThan(1.0);
        assertThat(worstUlps(Numerics::exp, StrictMath::exp, -1, 1)).isLessThan(1.0);
    }

    @Test
    void expAtItsEdges() {
        assertThat(Numerics.exp(0)).isEqualTo(1);
        assertThat(Numerics.exp(-0.0f)).isEqualTo(1);
        assertThat(Numerics.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Numerics.exp(-87.01f)).isZero();
        assertThat(Numerics.exp(88.01f)).isInfinite();
        assertThat(Numerics.exp(Float.NaN)).isNaN();
    }

    @Test
    void siluIsWithinThreeUlps() {
        DoubleUnaryOperator exact = x -> x / (1 + StrictMath.exp(-x));
        assertThat(worstUlps(Numerics::silu, exact, -80, 80)).isLessThan(3.0);
    }

    @Test
    void geluIsCloseToItsTanhForm() {
        DoubleUnaryOperator exact = x ->
                x / 2 * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        assertThat(worstDifference(Numerics::geluTanh, exact, -12, 12)).isLessThan(5e-7);
        assertThat(Numerics.geluTanh(-1e20f)).isZero();
        assertThat(Numerics.geluTanh(1e20f)).isEqualTo(1e20f);
    }

    @Test
    void tanhIsWithinItsAbsoluteError() {
        assertThat(worstDifference(Numerics::tanh, StrictMath::tanh, -50, 50)).isLessThan(2e-7);
    }

    @Test
    void sixteenSumsAreAddedAsATree() {
        float[] lanes = new float[17];
        for (int i = 0; i < 16; i++) {
            lanes[i + 1] = (float) (StrictMath.sin(i + 1) * StrictMath.pow(10, i % 5));
        }
        float[] eight = new float[8];
        for (int i = 0; i < 8; i++) {
            eight[i] = lanes[i + 1] + lanes[i + 9];
        }
        float[] four = {eight[0] + eight[4], eight[1] + eight[5], eight[2] + eight[6], eight[3] + eight[7]};
        assertThat(Numerics.sum16(lanes, 1)).isEqualTo((four[0] + four[2]) + (four[1] + four[3]));
    }

    private static double worstUlps(FloatFunction function, DoubleUnaryOperator exact, float from, float to) {
        double worst = 0;
        for (float x : points(from, to)) {
            double wanted = exact.applyAsDouble(x);
            worst = Math.max(worst, Math.abs(function.apply(x) - wanted) / Math.ulp((float) wanted));
        }
        return worst;
    }

    private static double worstDifference(FloatFunction function, DoubleUnaryOperator exact, float from, float to) {
        double worst = 0;
        for (float x : points(from, to)) {
            double wanted = exact.applyAsDouble(x);
            worst = Math.max(worst, Math.abs(function.apply(x) - wanted) / Math.max(1, Math.abs(wanted)));
        }
        return worst;
    }

    private static float[] points(float from, float to) {
        float[] points = new float[400_001];
        for (int i = 0; i < points.length; i++) {
            points[i] = (float) (from + ((double) to - from) * i / (points.length - 1));
        }
        return points;
    }
}
