package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Dot products of unpacked weight rows with input rows: tiles of four by four, so that each number
 * loaded takes part in four sums. The 16 sums of a tile stay in registers over the whole row.
 */
final class PanelProduct {
    private static final int TILE = 4;
    private static final int LANES = 16;

    /** The 16 lanes of each sum of a tile. Through memory: vectors passed between methods may be boxed. */
    private final float[] sums = new float[TILE * TILE * LANES];

    /**
     * {@code output[out + t * stride + r] = dot(panel row r, input row t)} for all rows of the panel
     * and all tokens.
     */
    void multiply(
            float[] panel, int rows, int columns, float[] input, int tokens, float[] output, int stride, int out) {
        if (tokens == 1) {
            multiplyOne(panel, rows, columns, input, output, out);
            return;
        }
        for (int t = 0; t < tokens; t += TILE) {
            for (int r = 0; r < rows; r += TILE) {
                tile(panel, r, rows - 1, columns, input, t, tokens - 1);
                int r1 = Math.min(r + 1, rows - 1);
                int r2 = Math.min(r + 2, rows - 1);
                int r3 = Math.min(r + 3, rows - 1);
                for (int i = 0; i < TILE && t + i < tokens; i++) {
                    int to = out + (t + i) * stride;
                    LaneSums.four(sums, i * TILE * LANES, output, to + r, to + r1, to + r2, to + r3);
                }
            }
        }
    }

    private void multiplyOne(float[] panel, int rows, int columns, float[] input, float[] output, int out) {
        for (int r = 0; r < rows; r += TILE) {
            int r1 = Math.min(r + 1, rows - 1);
            int r2 = Math.min(r + 2, rows - 1);
            int r3 = Math.min(r + 3, rows - 1);
            for (int part = 0; part < LANES; part += COUNT) {
                column(panel, r * columns, r1 * columns, r2 * columns, r3 * columns, input, columns, sums, part);
            }
            LaneSums.four(sums, 0, output, out + r, out + r1, out + r2, out + r3);
        }
    }

    private static void column(
            float[] w, int r0, int r1, int r2, int r3, float[] x, int columns, float[] sums, int part) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int k = part; k < columns; k += LANES) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, k);
            s0 = FloatVector.fromArray(FLOATS, w, r0 + k).fma(x0, s0);
            s1 = FloatVector.fromArray(FLOATS, w, r1 + k).fma(x0, s1);
            s2 = FloatVector.fromArray(FLOATS, w, r2 + k).fma(x0, s2);
            s3 = FloatVector.fromArray(FLOATS, w, r3 + k).fma(x0, s3);
        }
        s0.intoArray(sums, part);
        s1.intoArray(sums, part + 16);
        s2.intoArray(sums, part + 32);
        s3.intoArray(sums, part + 48);
    }

    /** A tile that reaches over an edge computes the last row or token again. */
    private void tile(float[] panel, int row, int lastRow, int columns, float[] input, int token, int lastToken) {
        int r0 = row * columns;
        int r1 = Math.min(row + 1, lastRow) * columns;
        int r2 = Math.min(row + 2, lastRow) * columns;
        int r3 = Math.min(row + 3, lastRow) * columns;
        int t0 = token * columns;
        int t1 = Math.min(token + 1, lastToken) * columns;
        int t2 = Math.min(token + 2, lastToken) * columns;
        int t3 = Math.min(token + 3, lastToken) * columns;
        for (int part = 0; part < LANES; part += COUNT) {
            tile(panel, r0, r1, r2, r3, input, t0, t1, t2, t3, columns, sums, part);
        }
    }

    /** Lanes {@code [part, part + COUNT)} of the tile's sums. */
    private static void tile(
            float[] w, int r0, int r1, int r2, int r3, float[] x, int t0, int t1, int t2, int t3,
            int columns, float[] sums, int part) {
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s12 = s00;
        FloatVector s13 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s22 = s00;
        FloatVector s23 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        FloatVector s32 = s00;
        FloatVector s33 = s00;
        for (int k = part; k < columns; k += LANES) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, w, r0 + k);
            FloatVector w1 = FloatVector.fromArray(FLOATS, w, r1 + k);
            FloatVector w2 = FloatVector.fromArray(FLOATS, w, r2 + k);
            FloatVector w3 = FloatVector.fromArray(FLOATS, w, r3 + k);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, t0 + k);
            s00 = w0.fma(x0, s00);
            s01 = w1.fma(x0, s01);
            s02 = w2.fma(x0, s02);
            s03 = w3.fma(x0, s03);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, t1 + k);
            s10 = w0.fma(x1, s10);
            s11 = w1.fma(x1, s11);
            s12 = w2.fma(x1, s12);
            s13 = w3.fma(x1, s13);
            FloatVector x2 = FloatVector.fromArray(FLOATS, x, t2 + k);
            s20 = w0.fma(x2, s20);
            s21 = w1.fma(x2, s21);
            s22 = w2.fma(x2, s22);
            s23 = w3.fma(x2, s23);
            FloatVector x3 = FloatVector.fromArray(FLOATS, x, t3 + k);
            s30 = w0.fma(x3, s30);
            s31 = w1.fma(x3, s31);
            s32 = w2.fma(x3, s32);
            s33 = w3.fma(x3, s33);
        }
        s00.intoArray(sums, part);
        s01.intoArray(sums, part + 16);
        s02.intoArray(sums, part + 32);
        s03.intoArray(sums, part + 48);
        s10.intoArray(sums, part + 64);
        s11.intoArray(sums, part + 80);
        s12.intoArray(sums, part + 96);
        s13.intoArray(sums, part + 112);
        s20.intoArray(sums, part + 128);
        s21.intoArray(sums, part + 144);
        s22.intoArray(sums, part + 160);
        s23.intoArray(sums, part + 176);
        s30.intoArray(sums, part + 192);
        s31.intoArray(sums, part + 208);
        s32.intoArray(sums, part + 224);
        s33.intoArray(sums, part + 240);
    }
}
