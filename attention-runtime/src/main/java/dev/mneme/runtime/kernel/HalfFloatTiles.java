package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Scratch.ALL;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;

import dev.mneme.runtime.kv.KvLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link AttentionTiles} on half floats as they lie in the block, for three query rows that are all there are: each number is
 * read once, so bringing it to f32 in a register is cheaper than by way of an array.
 *
 * <p>The bits of a half float, shifted to where a float has its own, are the number divided by 2^112. Instead of
 * multiplying each key and value by that, the queries and probabilities are multiplied beforehand ({@link #raise}): powers of two
 * change no bit of a product, where nothing overflows. What would, and infinities, are for {@link AttentionTiles}.
 */
final class HalfFloatTiles {
    /** Rows of a tile. */
    static final int ROWS = 3;

    private static final int BLOCK = KvLayout.BLOCK;
    /** Numbers from here on do not have 112 more powers of two above them. */
    private static final float TOO_GREAT = 0x1p15f;
    /** Half floats without sign from here on are infinite or no numbers. */
    private static final int INFINITE = 0x7c00;
    /** Shifting left leaves copies of the sign between it and the exponent. */
    private static final int WITHOUT_COPIES = 0x8fffe000;
    private static final VectorSpecies<Short> SHORTS = FLOATS.withLanes(short.class);

    private HalfFloatTiles() {}

    /** Multiplies numbers, a multiple of vectors, by 2^112; false if that may have been too much for one of them. */
    static boolean raise(float[] numbers, int count) {
        FloatVector greatest = FloatVector.zero(FLOATS);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector number = FloatVector.fromArray(FLOATS, numbers, i);
            greatest = number.abs().max(greatest);
            number.mul(0x1p112f).intoArray(numbers, i);
        }
        return greatest.reduceLanes(MAX) < TOO_GREAT;
    }

    /**
     * Brings a head's half floats into the cache, as {@link MemorySweep} does and for its reasons; whether all are finite.
     *
     * @param bytes a multiple of 256
     */
    static boolean sweepFinite(long from, long bytes) {
        long quarter = bytes / 4;
        long end = from + quarter;
        ShortVector g0 = ShortVector.zero(SHORTS);
        ShortVector g1 = g0;
        ShortVector g2 = g0;
        ShortVector g3 = g0;
        for (long at = from; at != end; at += 4 * COUNT) {
            g0 = ShortVector.fromMemorySegment(SHORTS, ALL, at, ORDER).and(Short.MAX_VALUE).max(g0);
            g1 = ShortVector.fromMemorySegment(SHORTS, ALL, at + quarter, ORDER).and(Short.MAX_VALUE).max(g1);
            g2 = ShortVector.fromMemorySegment(SHORTS, ALL, at + 2 * quarter, ORDER).and(Short.MAX_VALUE).max(g2);
            g3 = ShortVector.fromMemorySegment(SHORTS, ALL, at + 3 * quarter, ORDER).and(Short.MAX_VALUE).max(g3);
        }
        return g0.max(g1).max(g2.max(g3)).reduceLanes(MAX) < INFINITE;
    }

    /**
     * {@link AttentionTiles#score} of raised queries.
     *
     * @param keys address of the block's keys
     */
    static void score(
            float[] q, int q1, int q2, int headDim, long keys, int key, float[] scores, int o1, int o2) {
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
        long at = keys + 2L * key;
        for (int d = 0; d < headDim; d++) {
            FloatVector k0 = Lanes.shorts(ALL, at).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector k1 = Lanes.shorts(ALL, at + 2 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector k2 = Lanes.shorts(ALL, at + 4 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector k3 = Lanes.shorts(ALL, at + 6 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
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
            at += 2 * BLOCK;
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
    }

    /**
     * {@link AttentionTiles#addValues} by raised probabilities, factors apart.
     *
     * @param values address of the block's values
     */
    static void addValues(
            float[] p, int p1, int p2, int first, int end, long values, int headDim, int d,
            float[] outputs, int o0, int o1, int o2) {
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
        long at = values + 2L * (first * headDim + d);
        for (int j = first; j < end; j++) {
            FloatVector v0 = Lanes.shorts(ALL, at).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector v1 = Lanes.shorts(ALL, at + 2 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector v2 = Lanes.shorts(ALL, at + 4 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
            FloatVector v3 = Lanes.shorts(ALL, at + 6 * COUNT).lanewise(LSHL, 13).and(WITHOUT_COPIES).reinterpretAsFloats();
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
            at += 2L * headDim;
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
    }
}
