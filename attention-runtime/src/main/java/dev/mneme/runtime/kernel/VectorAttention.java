package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.numerics.Numerics;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention over one split. Each block's K and V are brought to f32 once and then serve all query
 * rows, {@value #ROWS} at a time: their scores (tiles of rows by keys), their softmax, their outputs
 * (tiles of rows by dimensions). Outputs and maxima grow in place in the caller's partial results.
 */
final class VectorAttention {
    private static final int BLOCK = KvLayout.BLOCK;
    private static final int ROWS = 4;

    private final float[] scores = new float[ROWS * BLOCK];
    private final int[] from = new int[ROWS];
    private final int[] to = new int[ROWS];
    /** Kept so that the compiler keeps the sweep. */
    private int swept;
    private float[] rotated = new float[0];
    private float[] keys = new float[0];
    private float[] values = new float[0];
    /** The 16 sums of probabilities of each query row. */
    private float[] sums = new float[0];

    void attend(
            AttentionShape shape, AttentionTile tile, int fromEntry, int toEntry,
            float[] queries, int queryStride, int kvHead, long keyOffset, long valueOffset,
            float[] partials, int partialOffset) {
        int rows = tile.tokens() * shape.queryHeads();
        int length = shape.partialLength();
        int firstHead = kvHead * shape.queryHeads() * shape.headDim();
        reserve(shape.headDim(), rows);
        Arrays.fill(sums, 0, rows * Numerics.LANES, 0);
        for (int row = 0; row < rows; row++) {
            int partial = partialOffset + row * length;
            Arrays.fill(partials, partial, partial + shape.headDim(), 0);
            partials[partial + shape.headDim()] = Float.NEGATIVE_INFINITY;
        }
        for (int entry = fromEntry; entry < toEntry; entry++) {
            unpack(shape, tile.payloads()[entry], keyOffset, valueOffset);
            for (int row = 0; row < rows; row += ROWS) {
                int group = Math.min(ROWS, rows - row);
                for (int i = 0; i < group; i++) {
                    int token = (row + i) / shape.queryHeads();
                    int head = (row + i) % shape.queryHeads();
                    int query = (tile.row() + token) * queryStride + firstHead + head * shape.headDim();
                    rotate(queries, query, shape, tile.pages()[entry], tile.offset() + token, i);
                    see(shape, tile.plan().distance(entry), tile.offset() + token, i);
                }
                score(shape, group);
                for (int i = 0; i < group; i++) {
                    softmax(i, (row + i) * Numerics.LANES, partials, partialOffset + (row + i) * length, shape.headDim());
                }
                addValues(group, shape.headDim(), partials, partialOffset + row * length, length);
            }
        }
        for (int row = 0; row < rows; row++) {
            partials[partialOffset + row * length + length - 1] = Numerics.sum16(sums, row * Numerics.LANES);
        }
    }

    private void reserve(int headDim, int rows) {
        if (keys.length < headDim * BLOCK) {
            rotated = new float[ROWS * headDim];
            keys = new float[headDim * BLOCK];
            values = new float[headDim * BLOCK];
        }
        if (sums.length < rows * Numerics.LANES) {
            sums = new float[rows * Numerics.LANES];
        }
    }

    private void unpack(AttentionShape shape, MemorySegment payload, long keyOffset, long valueOffset) {
        int count = shape.headDim() * BLOCK;
        swept = MemorySweep.sweep(payload, keyOffset, valueOffset, count * shape.format().bytesPerValue());
        switch (shape.format()) {
            case F32 -> {
                WeightUnpacking.f32(payload, keyOffset, count, keys, 0, 16);
                WeightUnpacking.f32(payload, valueOffset, count, values, 0, 16);
            }
            case F16 -> {
                HalfFloats.toFloats(payload, keyOffset, count, keys);
                HalfFloats.toFloats(payload, valueOffset, count, values);
            }
        }
    }

    /** The query by a page's row and scaled, to {@code rotated} row {@code i}. */
    private void rotate(float[] queries, int query, AttentionShape shape, RopePage page, int pageRow, int i) {
        int half = shape.headDim() / 2;
        float[] cos = page.cos();
        float[] sin = page.sin();
        float scale = shape.scale();
        int target = i * shape.headDim();
        int table = pageRow * half;
        int vectors = half - half % COUNT;
        for (int d = 0; d < vectors; d += COUNT) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, queries, query + d);
            FloatVector x1 = FloatVector.fromArray(FLOATS, queries, query + half + d);
            FloatVector c = FloatVector.fromArray(FLOATS, cos, table + d);
            FloatVector s = FloatVector.fromArray(FLOATS, sin, table + d);
            x0.fma(c, x1.mul(s).neg()).mul(scale).intoArray(rotated, target + d);
            x0.fma(s, x1.mul(c)).mul(scale).intoArray(rotated, target + half + d);
        }
        for (int d = vectors; d < half; d++) {
            float x0 = queries[query + d];
            float x1 = queries[query + half + d];
            rotated[target + d] = Math.fma(x0, cos[table + d], -(x1 * sin[table + d])) * scale;
            rotated[target + half + d] = Math.fma(x0, sin[table + d], x1 * cos[table + d]) * scale;
        }
    }

    /** Which keys of a block at this distance a query at {@code offset} of its own block sees. */
    private void see(AttentionShape shape, int distance, int offset, int i) {
        from[i] = shape.window() == 0 ? 0 : Math.max(0, BLOCK * distance + offset - shape.window() + 1);
        to[i] = distance == 0 ? offset + 1 : BLOCK;
    }

    private void score(AttentionShape shape, int group) {
        int headDim = shape.headDim();
        int r1 = Math.min(1, group - 1);
        int r2 = Math.min(2, group - 1);
        int r3 = group - 1;
        for (int key = 0; key < BLOCK; key += 4 * COUNT) {
            score(rotated, r1 * headDim, r2 * headDim, r3 * headDim, headDim, keys, key, scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK);
        }
        if (shape.softcap() != 0) {
            VectorMath.softcap(scores, 0, group * BLOCK, shape.softcap());
        }
    }

    /** Scores of four query rows for four vectors of keys. */
    private static void score(
            float[] q, int q1, int q2, int q3, int headDim, float[] k, int key, float[] scores, int o1, int o2, int o3) {
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
            FloatVector x = FloatVector.broadcast(FLOATS, q[d]);
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
        s00.intoArray(scores, key);
        s01.intoArray(scores, key + COUNT);
        s02.intoArray(scores, key + 2 * COUNT);
        s03.intoArray(scores, key + 3 * COUNT);
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

    /** Scores of row {@code i} to probabilities; scales what the row has summed so far. */
    private void softmax(int i, int sum, float[] partials, int partial, int headDim) {
        int row = i * BLOCK;
        Arrays.fill(scores, row, row + from[i], Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, row + to[i], row + BLOCK, Float.NEGATIVE_INFINITY);
        float before = partials[partial + headDim];
        float maximum = Math.max(before, maximum(scores, row));
        float factor = Numerics.exp(before - maximum);
        partials[partial + headDim] = maximum;
        probabilities(scores, row, maximum, factor, sums, sum);
        for (int d = 0; d < headDim; d += COUNT) {
            FloatVector.fromArray(FLOATS, partials, partial + d).mul(factor).intoArray(partials, partial + d);
        }
    }

    private static float maximum(float[] scores, int row) {
        FloatVector maximum = FloatVector.fromArray(FLOATS, scores, row);
        for (int j = COUNT; j < BLOCK; j += COUNT) {
            maximum = maximum.max(FloatVector.fromArray(FLOATS, scores, row + j));
        }
        return maximum.reduceLanes(VectorOperators.MAX);
    }

    private static void probabilities(float[] scores, int row, float maximum, float factor, float[] sums, int sum) {
        for (int part = 0; part < Numerics.LANES; part += COUNT) {
            FloatVector total = FloatVector.fromArray(FLOATS, sums, sum + part).mul(factor);
            for (int j = row + part; j < row + BLOCK; j += Numerics.LANES) {
                FloatVector p = VectorMath.exp(FloatVector.fromArray(FLOATS, scores, j).sub(maximum));
                p.intoArray(scores, j);
                total = total.add(p);
            }
            total.intoArray(sums, sum + part);
        }
    }

    /** Adds the block's values to the outputs of a group of rows; keys that not all of them see, row by row. */
    private void addValues(int group, int headDim, float[] partials, int partial, int length) {
        int common = 0;
        int commonEnd = BLOCK;
        for (int i = 0; i < group; i++) {
            common = Math.max(common, from[i]);
            commonEnd = Math.min(commonEnd, to[i]);
        }
        if (common >= commonEnd) {
            for (int i = 0; i < group; i++) {
                addValues(i, from[i], to[i], headDim, partials, partial + i * length);
            }
            return;
        }
        for (int i = 0; i < group; i++) {
            addValues(i, from[i], common, headDim, partials, partial + i * length);
        }
        int r1 = Math.min(1, group - 1);
        int r2 = Math.min(2, group - 1);
        int r3 = group - 1;
        int d = 0;
        for (; d + 4 * COUNT <= headDim; d += 4 * COUNT) {
            addValues(scores, r1 * BLOCK, r2 * BLOCK, r3 * BLOCK, common, commonEnd, values, headDim, d,
                    partials, partial + d, partial + r1 * length + d, partial + r2 * length + d, partial + r3 * length + d);
        }
        for (; d < headDim; d += COUNT) {
            for (int i = 0; i < group; i++) {
                addOneVector(scores, i * BLOCK, common, commonEnd, values, headDim, d, partials, partial + i * length + d);
            }
        }
        for (int i = 0; i < group; i++) {
            addValues(i, commonEnd, to[i], headDim, partials, partial + i * length);
        }
    }

    private void addValues(int i, int first, int end, int headDim, float[] partials, int partial) {
        if (first < end) {
            for (int d = 0; d < headDim; d += COUNT) {
                addOneVector(scores, i * BLOCK, first, end, values, headDim, d, partials, partial + d);
            }
        }
    }

    private static void addOneVector(
            float[] p, int row, int first, int end, float[] v, int headDim, int d, float[] outputs, int output) {
        FloatVector sum = FloatVector.fromArray(FLOATS, outputs, output);
        for (int j = first; j < end; j++) {
            sum = FloatVector.fromArray(FLOATS, v, j * headDim + d).fma(FloatVector.broadcast(FLOATS, p[row + j]), sum);
        }
        sum.intoArray(outputs, output);
    }

    /** Outputs of four rows in four vectors of dimensions. */
    private static void addValues(
            float[] p, int p1, int p2, int p3, int first, int end, float[] v, int headDim, int d,
            float[] outputs, int o0, int o1, int o2, int o3) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, outputs, o0);
        FloatVector s01 = FloatVector.fromArray(FLOATS, outputs, o0 + COUNT);
        FloatVector s02 = FloatVector.fromArray(FLOATS, outputs, o0 + 2 * COUNT);
        FloatVector s03 = FloatVector.fromArray(FLOATS, outputs, o0 + 3 * COUNT);
        FloatVector s10 = FloatVector.fromArray(FLOATS, outputs, o1);
        FloatVector s11 = FloatVector.fromArray(FLOATS, outputs, o1 + COUNT);
        FloatVector s12 = FloatVector.fromArray(FLOATS, outputs, o1 + 2 * COUNT);
        FloatVector s13 = FloatVector.fromArray(FLOATS, outputs, o1 + 3 * COUNT);
        FloatVector s20 = FloatVector.fromArray(FLOATS, outputs, o2);
        FloatVector s21 = FloatVector.fromArray(FLOATS, outputs, o2 + COUNT);
        FloatVector s22 = FloatVector.fromArray(FLOATS, outputs, o2 + 2 * COUNT);
        FloatVector s23 = FloatVector.fromArray(FLOATS, outputs, o2 + 3 * COUNT);
        FloatVector s30 = FloatVector.fromArray(FLOATS, outputs, o3);
        FloatVector s31 = FloatVector.fromArray(FLOATS, outputs, o3 + COUNT);
        FloatVector s32 = FloatVector.fromArray(FLOATS, outputs, o3 + 2 * COUNT);
        FloatVector s33 = FloatVector.fromArray(FLOATS, outputs, o3 + 3 * COUNT);
        for (int j = first; j < end; j++) {
            int at = j * headDim + d;
            FloatVector v0 = FloatVector.fromArray(FLOATS, v, at);
            FloatVector v1 = FloatVector.fromArray(FLOATS, v, at + COUNT);
            FloatVector v2 = FloatVector.fromArray(FLOATS, v, at + 2 * COUNT);
            FloatVector v3 = FloatVector.fromArray(FLOATS, v, at + 3 * COUNT);
            FloatVector x = FloatVector.broadcast(FLOATS, p[j]);
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
