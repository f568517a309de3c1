package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.RopePage;
import jdk.incubator.vector.FloatVector;

/** Turns queries to their distance from a block's first key, and scales them. */
final class QueryRotation {
    private QueryRotation() {}

    /** Some query heads of a token, which lie side by side, by a page's row; to {@code rotated[target]} on. */
    static void rotate(
            float[] queries, int query, int heads, AttentionShape shape, RopePage page, int pageRow, float[] rotated, int target) {
        int headDim = shape.headDim();
        int half = headDim / 2;
        int vectors = half - half % COUNT;
        rotateVectors(queries, query, heads, headDim, vectors, page.cos(), page.sin(), pageRow * half, shape.scale(), rotated, target);
        if (vectors < half) {
            rotateRest(queries, query, heads, headDim, vectors, page.cos(), page.sin(), pageRow * half, shape.scale(), rotated, target);
        }
    }

    private static void rotateVectors(
            float[] queries, int query, int heads, int headDim, int to, float[] cos, float[] sin, int table, float scale,
            float[] rotated, int target) {
        int half = headDim / 2;
        for (int d = 0; d < to; d += COUNT) {
            FloatVector c = FloatVector.fromArray(FLOATS, cos, table + d);
            FloatVector s = FloatVector.fromArray(FLOATS, sin, table + d);
            for (int at = d; at < heads * headDim; at += headDim) {
                FloatVector x0 = FloatVector.fromArray(FLOATS, queries, query + at);
                FloatVector x1 = FloatVector.fromArray(FLOATS, queries, query + half + at);
                x0.fma(c, x1.mul(s).neg()).mul(scale).intoArray(rotated, target + at);
                x0.fma(s, x1.mul(c)).mul(scale).intoArray(rotated, target + half + at);
            }
        }
    }

    private static void rotateRest(
            float[] queries, int query, int heads, int headDim, int from, float[] cos, float[] sin, int table, float scale,
            float[] rotated, int target) {
        int half = headDim / 2;
        for (int d = from; d < half; d++) {
            for (int at = d; at < heads * headDim; at += headDim) {
                float x0 = queries[query + at];
                float x1 = queries[query + half + at];
                rotated[target + at] = Math.fma(x0, cos[table + d], -(x1 * sin[table + d])) * scale;
                rotated[target + half + at] = Math.fma(x0, sin[table + d], x1 * cos[table + d]) * scale;
            }
        }
    }
}
