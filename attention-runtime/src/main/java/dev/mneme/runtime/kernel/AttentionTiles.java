package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.kv.KvLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of attention: four query rows by four vectors of keys or dimensions, so that each
 * vector loaded serves four rows. Rows may be the same; then they come to the same.
 */
final class AttentionTiles {
    /** Rows of a tile. */
    static final int TILE = 4;

    private static final int BLOCK = KvLayout.BLOCK;

    private AttentionTiles() {}

    /** Scores of a group of query rows, {@code [group][headDim]}, for all keys of a block, {@code [headDim][64]}. */
    static void scoreBlock(float[] q, int group, int headDim, float[] keys, float[] scores) {
        for (int row = 0; row < group; row += TILE) {
            int r1 = Math.min(row + 1, group - 1);
            int r2 = Math.min(row + 2, group - 1);
            int r3 = Math.min(row + 3, group - 1);
            for (int key = 0; key < BLOCK; key += 4 * COUNT) {
                score(q, row * headDim, r1 * headDim, r2 * headDim, r3 * headDim, headDim, keys, key,
                        scores, row * BLOCK, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
            }
        }
    }

    /**
     * Scores of four query rows for four vectors of keys from {@code key} on. {@code q0} to {@code q3} place the
     * rows, {@code o0} to {@code o3} their scores.
     */
    static void score(
            float[] q, int q0, int q1, int q2, int q3, int headDim, float[] k, int key,
            float[] scores, int o0, int o1, int o2, int o3) {
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
        for (int d = 0; d < headDim; d++) {
            int at = key + d * BLOCK;
            FloatVector k0 = FloatVector.fromArray(FLOATS, k, at);
            FloatVector k1 = FloatVector.fromArray(FLOATS, k, at + COUNT);
            FloatVector k2 = FloatVector.fromArray(FLOATS, k, at + 2 * COUNT);
            FloatVector k3 = FloatVector.fromArray(FLOATS, k, at + 3 * COUNT);
            FloatVector x = FloatVector.broadcast(FLOATS, q[q0 + d]);
            s00 = x.fma(k0, s00);
            s01 = x.fma(k1, s01);
            s02 = x.fma(k2, s02);
            s03 = x.fma(k3, s03);
            x = FloatVector.broadcast(FLOATS, q[q1 + d]);
            s10 = x.fma(k0, s10);
            s11 = x.fma(k1, s11);
            s12 = x.fma(k2, s12);
            s13 = x.fma(k3, s13);
            x = FloatVector.broadcast(FLOATS, q[q2 + d]);
            s20 = x.fma(k0, s20);
            s21 = x.fma(k1, s21);
            s22 = x.fma(k2, s22);
            s23 = x.fma(k3, s23);
            x = FloatVector.broadcast(FLOATS, q[q3 + d]);
            s30 = x.fma(k0, s30);
            s31 = x.fma(k1, s31);
            s32 = x.fma(k2, s32);
            s33 = x.fma(k3, s33);
        }
        s00.intoArray(scores, o0 + key);
        s01.intoArray(scores, o0 + key + COUNT);
        s02.intoArray(scores, o0 + key + 2 * COUNT);
        s03.intoArray(scores, o0 + key + 3 * COUNT);
        s10.intoArray(scores, o1 + key);
        s11.intoArray(scores, o1 + key + COUNT);
        s12.intoArray(scores, o1 + key + 2 * COUNT);
        s13.intoArray(scores, o1 + key + 3 * COUNT);
        s20.intoArray(scores, o2 + key);
        s21.intoArray(scores, o2 + key + COUNT);
        s22.intoArray(scores, o2 + key + 2 * COUNT);
        s23.intoArray(scores, o2 + key + 3 * COUNT);
        s30.intoArray(scores, o3 + key);
        s31.intoArray(scores, o3 + key + COUNT);
        s32.intoArray(scores, o3 + key + 2 * COUNT);
        s33.intoArray(scores, o3 + key + 3 * COUNT);
    }

    /** Adds keys {@code [first, end)} to one vector of one row's outputs, from dimension {@code d} on. */
    static void addValuesToVector(
            float[] p, int row, int first, int end, float[] v, int headDim, int d, float[] outputs, int output) {
        FloatVector sum = FloatVector.fromArray(FLOATS, outputs, output);
        for (int j = first; j < end; j++) {
            sum = FloatVector.fromArray(FLOATS, v, j * headDim + d).fma(FloatVector.broadcast(FLOATS, p[row + j]), sum);
        }
        sum.intoArray(outputs, output);
    }

    /**
     * Multiplies four vectors of four rows' outputs, from dimension {@code d} on, by the rows' factors at {@code f0} to
     * {@code f3}, then adds keys {@code [first, end)}. {@code p0} to {@code p3} place the rows' probabilities.
     */
    static void addValues(
            float[] p, int p0, int p1, int p2, int p3, float[] factors, int f0, int f1, int f2, int f3,
            int first, int end, float[] v, int headDim, int d,
            float[] outputs, int o0, int o1, int o2, int o3) {
        FloatVector factor = FloatVector.broadcast(FLOATS, factors[f0]);
        FloatVector s00 = FloatVector.fromArray(FLOATS, outputs, o0).mul(factor);
        FloatVector s01 = FloatVector.fromArray(FLOATS, outputs, o0 + COUNT).mul(factor);
        FloatVector s02 = FloatVector.fromArray(FLOATS, outputs, o0 + 2 * COUNT).mul(factor);
        FloatVector s03 = FloatVector.fromArray(FLOATS, outputs, o0 + 3 * COUNT).mul(factor);
        factor = FloatVector.broadcast(FLOATS, factors[f1]);
        FloatVector s10 = FloatVector.fromArray(FLOATS, outputs, o1).mul(factor);
        FloatVector s11 = FloatVector.fromArray(FLOATS, outputs, o1 + COUNT).mul(factor);
        FloatVector s12 = FloatVector.fromArray(FLOATS, outputs, o1 + 2 * COUNT).mul(factor);
        FloatVector s13 = FloatVector.fromArray(FLOATS, outputs, o1 + 3 * COUNT).mul(factor);
        factor = FloatVector.broadcast(FLOATS, factors[f2]);
        FloatVector s20 = FloatVector.fromArray(FLOATS, outputs, o2).mul(factor);
        FloatVector s21 = FloatVector.fromArray(FLOATS, outputs, o2 + COUNT).mul(factor);
        FloatVector s22 = FloatVector.fromArray(FLOATS, outputs, o2 + 2 * COUNT).mul(factor);
        FloatVector s23 = FloatVector.fromArray(FLOATS, outputs, o2 + 3 * COUNT).mul(factor);
        factor = FloatVector.broadcast(FLOATS, factors[f3]);
        FloatVector s30 = FloatVector.fromArray(FLOATS, outputs, o3).mul(factor);
        FloatVector s31 = FloatVector.fromArray(FLOATS, outputs, o3 + COUNT).mul(factor);
        FloatVector s32 = FloatVector.fromArray(FLOATS, outputs, o3 + 2 * COUNT).mul(factor);
        FloatVector s33 = FloatVector.fromArray(FLOATS, outputs, o3 + 3 * COUNT).mul(factor);
        for (int j = first; j < end; j++) {
            int at = j * headDim + d;
            FloatVector v0 = FloatVector.fromArray(FLOATS, v, at);
            FloatVector v1 = FloatVector.fromArray(FLOATS, v, at + COUNT);
            FloatVector v2 = FloatVector.fromArray(FLOATS, v, at + 2 * COUNT);
            FloatVector v3 = FloatVector.fromArray(FLOATS, v, at + 3 * COUNT);
            FloatVector x = FloatVector.broadcast(FLOATS, p[p0 + j]);
            s00 = x.fma(v0, s00);
            s01 = x.fma(v1, s01);
            s02 = x.fma(v2, s02);
            s03 = x.fma(v3, s03);
            x = FloatVector.broadcast(FLOATS, p[p1 + j]);
            s10 = x.fma(v0, s10);
            s11 = x.fma(v1, s11);
            s12 = x.fma(v2, s12);
            s13 = x.fma(v3, s13);
            x = FloatVector.broadcast(FLOATS, p[p2 + j]);
            s20 = x.fma(v0, s20);
            s21 = x.fma(v1, s21);
            s22 = x.fma(v2, s22);
            s23 = x.fma(v3, s23);
            x = FloatVector.broadcast(FLOATS, p[p3 + j]);
            s30 = x.fma(v0, s30);
            s31 = x.fma(v1, s31);
            s32 = x.fma(v2, s32);
            s33 = x.fma(v3, s33);
        }
        s00.intoArray(outputs, o0);
        s01.intoArray(outputs, o0 + COUNT);
        s02.intoArray(outputs, o0 + 2 * COUNT);
        s03.intoArray(outputs, o0 + 3 * COUNT);
        s10.intoArray(outputs, o1);
        s11.intoArray(outputs, o1 + COUNT);
        s12.intoArray(outputs, o1 + 2 * COUNT);
        s13.intoArray(outputs, o1 + 3 * COUNT);
        s20.intoArray(outputs, o2);
        s21.intoArray(outputs, o2 + COUNT);
        s22.intoArray(outputs, o2 + 2 * COUNT);
        s23.intoArray(outputs, o2 + 3 * COUNT);
        s30.intoArray(outputs, o3);
        s31.intoArray(outputs, o3 + COUNT);
        s32.intoArray(outputs, o3 + 2 * COUNT);
        s33.intoArray(outputs, o3 + 3 * COUNT);
    }
}
